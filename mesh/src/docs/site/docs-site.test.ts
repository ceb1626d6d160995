import { bodySchema } from '@portico/contracts/events/body-schema';
import { API_VERSIONS, WEBHOOK_EVENTS } from '@portico/contracts/events/event-shape';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { v1 } from '../../contracts/v1/version.ts';
import { docsSite } from './docs-site.ts';
import { exampleOf } from './events-markdown.ts';

const pages = docsSite(v1);
const idsOf = new Map(pages.map(({ path, html }) => [path, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]));

describe('the documentation', () => {
  it.each(pages)('$path has a title and a description of its own, and every link of it leads somewhere', ({ path, html }) => {
    const [title, description] = [/<title>(.+) · Portico</.exec(html)?.[1], /<meta name="description" content="(.{20,})">/.exec(html)?.[1]];
    expect(pages.filter((page) => page.html.includes(`<title>${title} ·`) || page.html.includes(`content="${description}"`))).toHaveLength(
      1,
    );
    const links = [...html.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, href = '']) => href).filter((href) => !href.startsWith('https://'));
    expect(links.length).toBeGreaterThan(pages.length);
    const dead = links.filter((href) => {
      const [to = '', id] = href.split('#');
      if (to.startsWith(`${v1.prefix}/`)) return false;
      const ids = idsOf.get(to === '' ? path : to);
      return ids === undefined || (id !== undefined && !ids.has(id));
    });
    expect(dead).toEqual([]);
  });

  it.each(pages)('$path has what is made from declarations in place of the blocks that ask for it, and no script in it', ({ html }) => {
    expect(html).not.toMatch(/language-(?:samples|tiers|limits)|<script(?! src="\/docs\/assets\/)|\son\w+=/);
  });

  it.each([...WEBHOOK_EVENTS.keys()].flatMap((name) => API_VERSIONS.map((version) => ({ name, version }))))(
    'the example of $name in version $version is what its schema says',
    ({ name, version }) => {
      const schema = bodySchema(name, version);
      expect(z.fromJSONSchema(schema).safeParse(exampleOf(schema)).error?.issues).toBeUndefined();
    },
  );
});
