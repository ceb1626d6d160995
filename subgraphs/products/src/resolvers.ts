import { listOf, oneById, referenceTo } from '@portico/service-kit/reads/model-fields';
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
    products: listOf(productReads, 'products:read'),
    product: oneById(productReads, 'product', 'products:read'),
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

export const references: References = { Product: referenceTo(productReads, 'products:read') };
