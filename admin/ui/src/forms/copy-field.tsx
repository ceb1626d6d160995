import { Button, Group, Text, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';

const SAID = { no: 'Copy', yes: 'Copied', failed: 'Copy' } as const;

/** A text to take along. Where the browser does not let a page copy, it is selected for the reader's own hand. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState<keyof typeof SAID>('no');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied('yes');
    } catch {
      field.current?.select();
      setCopied('failed');
    }
  };
  return (
    <div>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <Textarea
          ref={field}
          label={label}
          value={value}
          readOnly
          autosize
          minRows={1}
          flex={1}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button variant="light" onClick={() => void copy()} aria-label={`Copy ${label}`}>
          {SAID[copied]}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" role="status">
        {copied === 'yes' && `${label} is copied.`}
        {copied === 'failed' && 'Your browser does not let this page copy: the text is selected, press Ctrl-C or Cmd-C.'}
      </Text>
    </div>
  );
}
