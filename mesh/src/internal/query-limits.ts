// What a query to the internal graph may cost. Depth, and fields times the sizes of the lists around them; both are counted before anything runs.
import {
  type ASTVisitor,
  type FieldNode,
  GraphQLError,
  Kind,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValidationContext,
  type ValueNode,
} from 'graphql';

export type QueryLimits = { readonly depthMax: number; readonly costMax: number };

const SIZE_UNKNOWN = 100;

/** A validation rule. Fragments are followed, so that a query cannot hide in them; a page of which the size is a variable counts as the largest. */
export function limitQueries({ depthMax, costMax }: QueryLimits): (context: ValidationContext) => ASTVisitor {
  return (context) => {
    const fragments: KnownCosts = new Map();
    return {
      OperationDefinition(operation) {
        const cost = costOf(context, operation.selectionSet, fragments);
        if (cost.depth > depthMax) context.reportError(tooMuch(`The query is ${cost.depth} levels deep; at most ${depthMax} are allowed.`));
        if (cost.fields > costMax)
          context.reportError(
            tooMuch(`The query asks for up to ${cost.fields} fields; at most ${costMax} are allowed. Ask for smaller pages.`),
          );
      },
    };
  };
}

type Cost = { readonly depth: number; readonly fields: number };
/** By the name of the fragment. Each is counted once: counted at every spread, sixty that spread one another twice would take for ever. */
type KnownCosts = Map<string, Cost>;

const NOTHING: Cost = { depth: 0, fields: 0 };

function costOf(context: ValidationContext, set: SelectionSetNode, fragments: KnownCosts): Cost {
  let [depth, fields] = [1, 0];
  for (const node of set.selections) {
    const cost = costOfSelection(context, node, fragments);
    depth = Math.max(depth, cost.depth);
    fields += cost.fields;
  }
  return { depth, fields };
}

function costOfSelection(context: ValidationContext, node: SelectionNode, fragments: KnownCosts): Cost {
  if (node.kind === Kind.INLINE_FRAGMENT) return costOf(context, node.selectionSet, fragments);
  if (node.kind === Kind.FRAGMENT_SPREAD) return costOfFragment(context, node.name.value, fragments);
  // These two are asked once and do not grow with the data. `__typename` does: a list repeats it for every row.
  if (node.name.value === SchemaMetaFieldDef.name || node.name.value === TypeMetaFieldDef.name) return NOTHING;
  const inner = node.selectionSet === undefined ? NOTHING : costOf(context, node.selectionSet, fragments);
  return { depth: 1 + inner.depth, fields: 1 + inner.fields * sizeOf(node) };
}

function costOfFragment(context: ValidationContext, name: string, fragments: KnownCosts): Cost {
  const known = fragments.get(name);
  if (known !== undefined) return known;
  const fragment = context.getFragment(name);
  if (fragment === null || fragment === undefined) return NOTHING;
  // While it is being counted it costs nothing, which ends a cycle. That is another rule's to report.
  fragments.set(name, NOTHING);
  const cost = costOf(context, fragment.selectionSet, fragments);
  fragments.set(name, cost);
  return cost;
}

function sizeOf(field: FieldNode): number {
  const page = field.arguments?.find(({ name }) => name.value === 'page')?.value;
  if (page === undefined) return 1;
  const size = page.kind === Kind.OBJECT ? page.fields.find(({ name }) => name.value === 'size')?.value : undefined;
  // A size below 1 is refused when it runs; until then it must not make up for what stands beside it.
  return isSize(size) ? Math.max(1, Math.min(SIZE_UNKNOWN, Number(size.value))) : SIZE_UNKNOWN;
}

function isSize(value: ValueNode | undefined): value is Extract<ValueNode, { kind: Kind.INT }> {
  return value?.kind === Kind.INT;
}

function tooMuch(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'VALIDATION_ERROR' } });
}
