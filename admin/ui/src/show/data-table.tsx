import { Button, Center, ScrollArea, Table, Text, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { counted } from '../data/format.ts';

export type Column<Row> = {
  header: string;
  cell(row: Row): ReactNode;
  align?: 'right';
  /** For columns of buttons, whose heading only screen readers need. */
  hiddenHeader?: boolean;
};

/** `label`: what the rows are, for those who do not see where they stand. `more`: asks for the next page, absent on the last one. */
export function DataTable<Row>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  empty: ReactNode;
  more?: { ask(): unknown; isAsking: boolean } | undefined;
}) {
  const { label, columns, rows, keyOf, empty, more } = props;
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  return (
    <>
      <ScrollArea type="auto" offsetScrollbars="present" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
        <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ header, align, hiddenHeader }) => (
                <Table.Th key={header} ta={align} scope="col">
                  {hiddenHeader === true ? <VisuallyHidden>{header}</VisuallyHidden> : header}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)}>
                {columns.map(({ header, align, cell }) => (
                  <Table.Td key={header} ta={align} className={align === 'right' ? 'unbroken' : undefined}>
                    {cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {more !== undefined && (
        <Center mt="md">
          <Button variant="default" loading={more.isAsking} onClick={() => void more.ask()}>
            Show more
          </Button>
        </Center>
      )}
      <VisuallyHidden aria-live="polite">{counted(rows.length, 'row')}</VisuallyHidden>
    </>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <Center py="xl">
      <Text component="div" c="dimmed" ta="center" maw={480}>
        {children}
      </Text>
    </Center>
  );
}
