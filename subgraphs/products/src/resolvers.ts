import { isId } from '@portico/contracts/ids';
import { type ListArguments, readPage } from '@portico/service-kit/reads/read-page';
import { readReferences } from '@portico/service-kit/reads/read-references';
import { selectionOf } from '@portico/service-kit/reads/selection';
import { needs, type References, type Resolvers } from '@portico/service-kit/subgraph/build-schema';
import { createProduct } from './create-product.ts';
import { deleteProduct } from './delete-product.ts';
import { productReads } from './product-reads.ts';
import { updateProduct } from './update-product.ts';

type ById = { id: string };
type Expecting = { expectedVersion?: number | null };

export const resolvers: Resolvers = {
  Query: {
    products: needs('products:read', (_, args: ListArguments, context, info) => readPage(context, productReads, args, info)),
    product: needs('products:read', (_, { id }: ById, context, info) =>
      isId('product', id) ? context.reads.one(productReads, context.caller, 't.id', id, selectionOf(info)) : null,
    ),
  },
  Mutation: {
    createProduct: needs('products:write', (_, { input }: { input: unknown }, context, info) =>
      createProduct(context, input, selectionOf(info)),
    ),
    updateProduct: needs('products:write', (_, { id, input, expectedVersion }: ById & Expecting & { input: unknown }, context) =>
      updateProduct(context, id, input, expectedVersion),
    ),
    deleteProduct: needs('products:write', (_, { id, expectedVersion }: ById & Expecting, context) =>
      deleteProduct(context, id, expectedVersion),
    ),
  },
};

export const references: References = {
  Product: {
    scope: 'products:read',
    resolve: (context, representations, selection) => readReferences(context, productReads, representations, selection),
  },
};
