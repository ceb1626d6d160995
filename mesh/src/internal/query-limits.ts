// What a query to the internal graph may cost. Depth, and fields times the sizes of the lists around them; both are counted before anything runs.
import {
  type ASTVisitor,
  type FieldNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValueNode,
} from 'graphql';

export type QueryLimits = { readonly depthMax: number; readonly costMax: number };

const SIZE_UNKNOWN = 100;

/** A validation rule. Fragments are followed, so that a query cannot hide in them; a page of which the size is a variable counts as the largest. */
export function limitQueries({ depthMax, costMax }: QueryLimits): (context: ValidationContext) => ASTVisitor {
  return (context) => ({
    OperationDefinition(operation) {
      const cost = costOf(context, operation.selectionSet, 1, new Set());
      if (cost.depth > depthMax) context.reportError(tooMuch(`The query is ${cost.depth} levels deep; at most ${depthMax} are allowed.`));
      if (cost.fields > costMax)
        context.reportError(
          tooMuch(`The query asks for up to ${cost.fields} fields; at most ${costMax} are allowed. Ask for smaller pages.`),
        );
    },
  });
}

type Cost = { depth: number; fields: number };

function costOf(context: ValidationContext, set: SelectionSetNode, depth: number, path: ReadonlySet<string>): Cost {
  let total: Cost = { depth, fields: 0 };
  for (const node of set.selections) {
    let cost: Cost;
    if (node.kind === Kind.FIELD) {
      // Introspection has a cost of its own that does not grow with the data.
      if (node.name.value.startsWith('__')) continue;
      const inner = node.selectionSet === undefined ? { depth, fields: 0 } : costOf(context, node.selectionSet, depth + 1, path);
      cost = { depth: inner.depth, fields: 1 + inner.fields * sizeOf(node) };
    } else if (node.kind === Kind.INLINE_FRAGMENT) cost = costOf(context, node.selectionSet, depth, path);
    else {
      const name = node.name.value;
      const fragment = context.getFragment(name);
      // A cycle is another rule's to report.
      if (fragment === null || fragment === undefined || path.has(name)) continue;
      cost = costOf(context, fragment.selectionSet, depth, new Set([...path, name]));
    }
    total = { depth: Math.max(total.depth, cost.depth), fields: total.fields + cost.fields };
  }
  return total;
}

function sizeOf(field: FieldNode): number {
  const page = field.arguments?.find(({ name }) => name.value === 'page')?.value;
  if (page === undefined) return 1;
  const size = page.kind === Kind.OBJECT ? page.fields.find(({ name }) => name.value === 'size')?.value : undefined;
  return isSize(size) ? Math.min(SIZE_UNKNOWN, Number(size.value)) : SIZE_UNKNOWN;
}

function isSize(value: ValueNode | undefined): value is Extract<ValueNode, { kind: Kind.INT }> {
  return value?.kind === Kind.INT;
}

function tooMuch(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'VALIDATION_ERROR' } });
}
