import { currencyDigits } from '@portico/contracts/money';
import { pastId } from './past-id.ts';
import type { Random } from './random.ts';

export type DemoProduct = {
  id: string;
  sku: string;
  name: string;
  description: string;
  category: string;
  /** Minor units of `currency`. */
  price: number;
  currency: string;
  currencyDigits: number;
  status: 'active' | 'draft' | 'archived';
  createdAt: Date;
};

type Category = { code: string; name: string; nouns: readonly [string, ...string[]]; dollars: readonly [min: number, max: number] };

// biome-ignore format: tables
const CATEGORIES: readonly [Category, ...Category[]] = [
  { code: 'AUD', name: 'Audio', nouns: ['Headphones', 'Bookshelf Speaker', 'Turntable', 'Microphone', 'Soundbar'], dollars: [39, 499] },
  { code: 'KIT', name: 'Kitchen', nouns: ['Pour-over Kettle', 'Chef Knife', 'Cast Iron Pan', 'Espresso Grinder', 'Cutting Board'], dollars: [14, 289] },
  { code: 'OUT', name: 'Outdoor', nouns: ['Trail Backpack', 'Two-person Tent', 'Camp Stove', 'Headlamp', 'Sleeping Pad'], dollars: [19, 449] },
  { code: 'OFF', name: 'Office', nouns: ['Standing Desk', 'Task Lamp', 'Monitor Arm', 'Desk Organizer', 'Keyboard'], dollars: [12, 699] },
  { code: 'APP', name: 'Apparel', nouns: ['Merino Sweater', 'Rain Jacket', 'Canvas Sneakers', 'Wool Socks', 'Linen Shirt'], dollars: [9, 229] },
  { code: 'TOY', name: 'Toys', nouns: ['Building Set', 'Wooden Puzzle', 'Marble Run', 'Plush Bear', 'Board Game'], dollars: [8, 119] },
  { code: 'GRD', name: 'Garden', nouns: ['Pruning Shears', 'Raised Bed', 'Watering Can', 'Compost Bin', 'Hand Trowel'], dollars: [7, 189] },
  { code: 'BTH', name: 'Bath', nouns: ['Bath Towel', 'Soap Set', 'Bathrobe', 'Shower Caddy', 'Mirror'], dollars: [6, 139] },
];
const LINES = ['Alder', 'Basalt', 'Cirrus', 'Drift', 'Ember', 'Fjord', 'Grove', 'Harbor', 'Indigo', 'Juniper'] as const;
type Variant = readonly [name: string, code: string];
// biome-ignore format: a table
const VARIANTS: readonly [Variant, ...Variant[]] = [['Black', 'BLK'], ['White', 'WHT'], ['Sand', 'SND'], ['Forest', 'FST'], ['Navy', 'NVY'], ['Rust', 'RST']];

/** How much of a currency one dollar is, roughly: prices should look at home, not be exact. */
const PER_DOLLAR = { USD: 1, EUR: 0.92, GBP: 0.79, JPY: 150, KWD: 0.31 } as const;
const CURRENCY_WEIGHTS = { USD: 50, EUR: 20, GBP: 10, JPY: 12, KWD: 8 } as const;
const DAY_MS = 86_400_000;

/** A catalogue in several currencies, yen without minor units and Kuwaiti dinars with three digits of them among these. */
export function demoProducts(count: number, now: Date, random: Random): DemoProduct[] {
  return Array.from({ length: count }, (_, i) => {
    const category = random.pick(CATEGORIES);
    const [noun, line] = [random.pick(category.nouns), random.pick(LINES)];
    const [variant, variantCode] = random.pick(VARIANTS);
    const currency = random.weighted(CURRENCY_WEIGHTS);
    const digits = currencyDigits(currency) ?? 2;
    const createdAt = new Date(now.getTime() - random.int(181 * DAY_MS, 900 * DAY_MS));
    return {
      id: pastId('product', createdAt.getTime(), random),
      // The number makes it unique; the rest says what it is.
      sku: `${category.code}-${line.slice(0, 3).toUpperCase()}-${variantCode}-${String(i + 1).padStart(4, '0')}`,
      name: `${line} ${noun}, ${variant}`,
      description: `${noun} of the ${line} line, in ${variant.toLowerCase()}.`,
      category: category.name,
      price: priceIn(currency, digits, random.int(...category.dollars)),
      currency,
      currencyDigits: digits,
      status: random.weighted({ active: 92, draft: 4, archived: 4 }),
      createdAt,
    };
  });
}

/** Minor units, ending as shop prices do: 29.99, 4,480 yen, 12.750 dinars. */
function priceIn(currency: keyof typeof PER_DOLLAR, digits: number, dollars: number): number {
  const amount = dollars * PER_DOLLAR[currency];
  if (digits === 0) return Math.max(10, Math.round(amount / 10) * 10);
  if (digits === 3) return Math.max(250, Math.round(amount * 4) * 250);
  return Math.max(1, Math.round(amount)) * 100 - 1;
}
