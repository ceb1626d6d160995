export type AuthDeclaration = { readonly kind: 'none' };
