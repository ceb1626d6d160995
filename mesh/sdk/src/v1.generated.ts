// Made from the declarations of version 1 by `npm run generate`.

export const PREFIX = '/api/v1';

export type Order = {
  id: string;
  customerId: string;
  status: "pending" | "confirmed" | "processing" | "shipped" | "delivered" | "cancelled" | "refunded";
  /** In `currency`, with the digits that it has. */
  total: number;
  /** ISO 4217. */
  currency: string;
  /** What was ordered. */
  items: (OrderItem)[];
  /** Null when there is none, or the customer was erased. */
  shippingAddress: Address | null;
  notes: string | null;
  cancelReason: string | null;
  createdAt: string;
  updatedAt: string;
  /** Who ordered. Only when asked for by `fields` or `expand`; needs the scope customers:read. */
  customer?: Customer;
  /** Its payments, newest first. Only when asked for by `fields` or `expand`; needs the scope payments:read. */
  payments?: (Payment)[];
};
export type OrderItem = {
  id: string;
  productId: string;
  sku: string;
  name: string;
  quantity: number;
  /** Price of one piece when the order was placed. */
  unitPrice: number;
  total: number;
  /** The product as it is now. Only when asked for by `fields` or `expand`; needs the scope products:read. */
  product?: Product;
};
export type Product = {
  id: string;
  /** Unique among your products, whatever the case of the letters; not `.` or `..`. */
  sku: string;
  name: string;
  description: string | null;
  category: string | null;
  /** In `currency`, with the digits that it has. */
  price: number;
  /** ISO 4217. */
  currency: string;
  /** Only an active product can be ordered. */
  status: "active" | "draft" | "archived";
  createdAt: string;
  updatedAt: string;
  /** Its stock; null when that is not tracked. Only when asked for by `fields` or `expand`; needs the scope inventory:read. */
  inventory?: InventoryItem | null;
};
export type InventoryItem = {
  id: string;
  sku: string;
  productId: string;
  /** Pieces in the warehouse, reserved ones included. */
  quantity: number;
  reserved: number;
  /** `quantity` less `reserved`. */
  available: number;
  /** When `available` falls to it, `inventory.low` is sent. */
  lowStockThreshold: number;
  lowStock: boolean;
  location: string | null;
  createdAt: string;
  updatedAt: string;
  /** The product that this is the stock of. Only when asked for by `fields` or `expand`; needs the scope products:read. */
  product?: Product;
};
export type Address = {
  street: string;
  line2: string | null;
  city: string;
  state: string | null;
  zip: string | null;
  /** ISO 3166-1 alpha-2. The United States when it is absent. */
  country: string | null;
};
export type Customer = {
  id: string;
  /** Unique among your customers, whatever the case. Null once erased. */
  email: string | null;
  name: string | null;
  phone: string | null;
  /** Postal address. */
  address: Address | null;
  /** Only an active customer can order. */
  status: "active" | "inactive" | "erased";
  createdAt: string;
  updatedAt: string;
};
export type Payment = {
  id: string;
  orderId: string;
  amount: number;
  /** ISO 4217. */
  currency: string;
  status: "pending" | "succeeded" | "failed" | "refunded";
  method: string;
  failureReason: string | null;
  /** The payer's or the bank's; for a charge, the provider's id of it. */
  reference: string | null;
  /** Who charged: `sandbox` or `stripe`. Null for a payment that was settled elsewhere. */
  provider: string | null;
  createdAt: string;
  updatedAt: string;
  /** The order that it pays for. Only when asked for by `fields` or `expand`; needs the scope orders:read. */
  order?: Order;
};
export type Reservation = {
  id: string;
  sku: string;
  /** What it still holds. */
  quantity: number;
  status: "held" | "released" | "committed";
  /** Your own word for it. */
  reference: string | null;
  createdAt: string;
  /** The item as it is now. */
  item: InventoryItem;
};
export type Webhook = {
  id: string;
  url: string;
  description: string | null;
  /** Event types; `*` for all. */
  events: (string)[];
  /** Path of a field, as the payload of version 1 names it → values of which it must have one. */
  filter: Record<string, (unknown)[]> | null;
  /** Whose body it gets. */
  apiVersion: "1" | "2";
  status: "active" | "paused" | "disabled";
  /** It never answered; it answered 410; it failed for 5 days; somebody switched it off. */
  disabledReason: "unverified" | "gone" | "failing" | "switched_off" | null;
  /** Since when; null for one that was never verified. */
  disabledAt: string | null;
  /** Set during a rotation: until then the secrets before sign too. */
  previousSecretExpiresAt: string | null;
  /** Headers that are sent beside ours. Their values are not shown. */
  headerNames: (string)[];
  /** Retries after 1 min, 5 min, 30 min, 2 h; or after 1, 5, 30 min. */
  schedule: "standard" | "short";
  /** Attempts per second at most. */
  ratePerSecond: number | null;
  /** Attempts at the same time at most. */
  concurrency: number;
  verifiedAt: string | null;
  /** Why the last verification failed. */
  verificationFailure: WebhookProblem | null;
  /** How its receiver has been answering. */
  health: WebhookHealth;
  /** While held deliveries are sent: how many per second. */
  drainPerSecond: number | null;
  createdAt: string;
  updatedAt: string;
};
export type WebhookProblem = {
  code: string;
  message: string;
};
export type WebhookHealth = {
  /** open: nothing is sent but a probe now and then. */
  circuit: "closed" | "open" | "half_open";
  /** Nothing is sent before: it was asked for, or the circuit is open. */
  gateUntil: string | null;
  /** After 5 days of failure it is disabled. */
  failingSince: string | null;
  lastSucceededAt: string | null;
  lastFailedAt: string | null;
};
export type WebhookWithSecret = {
  id: string;
  url: string;
  description: string | null;
  /** Event types; `*` for all. */
  events: (string)[];
  /** Path of a field, as the payload of version 1 names it → values of which it must have one. */
  filter: Record<string, (unknown)[]> | null;
  /** Whose body it gets. */
  apiVersion: "1" | "2";
  status: "active" | "paused" | "disabled";
  /** It never answered; it answered 410; it failed for 5 days; somebody switched it off. */
  disabledReason: "unverified" | "gone" | "failing" | "switched_off" | null;
  /** Since when; null for one that was never verified. */
  disabledAt: string | null;
  /** Set during a rotation: until then the secrets before sign too. */
  previousSecretExpiresAt: string | null;
  /** Headers that are sent beside ours. Their values are not shown. */
  headerNames: (string)[];
  /** Retries after 1 min, 5 min, 30 min, 2 h; or after 1, 5, 30 min. */
  schedule: "standard" | "short";
  /** Attempts per second at most. */
  ratePerSecond: number | null;
  /** Attempts at the same time at most. */
  concurrency: number;
  verifiedAt: string | null;
  /** Why the last verification failed. */
  verificationFailure: WebhookProblem | null;
  /** How its receiver has been answering. */
  health: WebhookHealth;
  /** While held deliveries are sent: how many per second. */
  drainPerSecond: number | null;
  createdAt: string;
  updatedAt: string;
  /** Shown this once. */
  secret: string;
};
export type WebhookTest = {
  /** Of the event that was sent. It is in no list. */
  id: string;
  /** Whether it was answered with a 2xx. */
  delivered: boolean;
  /** What was sent. */
  request: WebhookRequest;
  /** What came back. */
  response: WebhookResponse | null;
  /** Why it was not delivered: DNS, TLS, status, timeout, a blocked address… */
  error: WebhookProblem | null;
  /** Milliseconds; the first three are null when a connection was used again. */
  timings: WebhookTimings;
  /** The webhook after the test. */
  webhook: Webhook;
};
export type WebhookRequest = {
  url: string;
  /** Values of your own headers are masked. */
  headers: Record<string, unknown>;
  body: string | null;
};
export type WebhookResponse = {
  status: number;
  headers: Record<string, unknown>;
  /** The first 64 KiB. */
  body: string;
  truncated: boolean;
};
export type WebhookTimings = {
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  firstByteMs: number | null;
  totalMs: number | null;
};
export type WebhookDelivery = {
  id: string;
  webhookId: string;
  eventId: string;
  event: "order.created" | "order.updated" | "order.cancelled" | "payment.received" | "payment.failed" | "inventory.low" | "customer.created";
  /** pending: waits, is held, or will be tried again. dead: the schedule ran out. cancelled: the webhook was deleted. */
  status: "pending" | "succeeded" | "dead" | "cancelled";
  attemptCount: number;
  /** Null when it is over, and while it waits in a long line of its object. */
  nextAttemptAt: string | null;
  lastError: string | null;
  lastResponseStatus: number | null;
  /** The replay that last queued it. */
  replayId: string | null;
  createdAt: string;
  completedAt: string | null;
  /** Its attempts, newest first, at most 50. Only when asked for by `fields` or `expand`; needs the scope webhooks:read. */
  attempts?: (WebhookAttempt)[];
};
export type WebhookAttempt = {
  id: string;
  /** From 1, over all runs of the delivery. */
  number: number;
  outcome: string;
  /** What was sent, with secrets masked; the first 64 KiB of the body. */
  request: WebhookRequest;
  /** What came back. */
  response: WebhookResponse | null;
  /** Why nothing came back. */
  error: WebhookProblem | null;
  /** Milliseconds. */
  timings: WebhookTimings;
  durationMs: number;
  startedAt: string;
};
export type WebhookDeliveryWithAttempts = {
  id: string;
  webhookId: string;
  eventId: string;
  event: "order.created" | "order.updated" | "order.cancelled" | "payment.received" | "payment.failed" | "inventory.low" | "customer.created";
  /** pending: waits, is held, or will be tried again. dead: the schedule ran out. cancelled: the webhook was deleted. */
  status: "pending" | "succeeded" | "dead" | "cancelled";
  attemptCount: number;
  /** Null when it is over, and while it waits in a long line of its object. */
  nextAttemptAt: string | null;
  lastError: string | null;
  lastResponseStatus: number | null;
  /** The replay that last queued it. */
  replayId: string | null;
  createdAt: string;
  completedAt: string | null;
  /** Its attempts, newest first, at most 50. */
  attempts: (WebhookAttempt)[];
};
export type WebhookReplay = {
  /** Null for a dry run. */
  id: string | null;
  webhookId: string;
  /** failed: dead deliveries. missing: events that were never queued. all: both, and what succeeded once more. */
  what: "failed" | "missing" | "all";
  since: string;
  until: string;
  /** Empty for all. */
  events: (string)[];
  /** Null for a dry run. */
  status: "running" | "completed" | "cancelled" | null;
  /** How many there were when it was asked for. */
  total: number;
  /** How many of them were put to work. */
  queued: number;
  perSecond: number;
  createdAt: string | null;
  updatedAt: string | null;
  completedAt: string | null;
};
export type SignatureDiagnosis = {
  /** `X-Webhook-Signature`. */
  house: SignatureCheck;
  /** `webhook-signature`, of Standard Webhooks. */
  standard: SignatureCheck;
};
export type SignatureCheck = {
  valid: boolean;
  /** In the order in which to look at them. */
  findings: (SignatureFinding)[];
  /** The signature of this body with this secret. */
  expected: string | null;
  found: string | null;
};
export type SignatureFinding = {
  code: string;
  header: string;
  message: string;
};
export type Event = {
  id: string;
  event: "order.created" | "order.updated" | "order.cancelled" | "payment.received" | "payment.failed" | "inventory.low" | "customer.created";
  apiVersion: "1";
  /** When it happened. */
  timestamp: string;
  data: Record<string, unknown>;
};

export type Meta = {
  requestId: string;
  /** There while what was asked is deprecated. */
  warnings?: ({
    code: "DEPRECATED";
    /** For people; it may change. */
    message: string;
  })[];
};
export type Pagination = {
  page: number;
  perPage: number;
  total: number;
  totalPages: number;
} | {
  nextCursor: string | null;
  prevCursor: string | null;
  limit: number;
};
/** An answer with one resource, and one with some of a list. */
export type One<Data> = { data: Data; meta: Meta };
export type Many<Data> = { data: Data[]; pagination: Pagination; meta: Meta };

/** What each operation is given, path parameters beside those of the query, and what it answers. */
export type Operations = {
  /** List orders. */
  listOrders: {
    given: {
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Orders in one of these states. */
      status?: ("pending" | "confirmed" | "processing" | "shipped" | "delivered" | "cancelled" | "refunded")[];
      /** Orders of one of these customers. */
      customerId?: (string)[];
      /** Orders that contain one of these products. */
      productId?: (string)[];
      /** Orders in one of these currencies. Several are separated by commas; a comma in a value is written `\,`. */
      currency?: (string)[];
      /** Orders of at least this total. */
      totalMin?: number;
      /** Orders of at most this total. */
      totalMax?: number;
      /** Orders placed at this moment or later. */
      createdAfter?: string;
      /** Orders placed at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Words that begin the id, or words of the names and SKUs of the items. */
      q?: string;
      /** Sort keys, comma-separated: createdAt, updatedAt, total, status. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, customerId, status, total, currency, items, shippingAddress, notes, cancelReason, createdAt, updatedAt, customer, payments. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<Order>;
  };
  /** Get an order. */
  getOrder: {
    given: {
      /** Id of the resource. */
      orderId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, customerId, status, total, currency, items, shippingAddress, notes, cancelReason, createdAt, updatedAt, customer, payments. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Order>;
  };
  /** Place an order. */
  createOrder: {
    given: {
      /** Fields to answer with, comma-separated, nested by dots: id, customerId, status, total, currency, items, shippingAddress, notes, cancelReason, createdAt, updatedAt, customer, payments. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        customerId: string;
        items: ({
          productId: string;
          quantity: number;
          /** The price the buyer saw. When it differs from the catalogue, the order is refused. */
          price?: number;
        })[];
        shippingAddress?: {
          street: string;
          line2?: string | null;
          city: string;
          state?: string | null;
          zip?: string | null;
          country?: string | null;
        } | null;
        notes?: string | null;
        paymentMethod?: string | null;
      };
    };
    answer: One<Order>;
  };
  /** Change the address or the notes of an order. */
  updateOrder: {
    given: {
      /** Id of the resource. */
      orderId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, customerId, status, total, currency, items, shippingAddress, notes, cancelReason, createdAt, updatedAt, customer, payments. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        shippingAddress?: {
          street: string;
          line2?: string | null;
          city: string;
          state?: string | null;
          zip?: string | null;
          country?: string | null;
        } | null;
        notes?: string | null;
      };
    };
    answer: One<Order>;
  };
  /** Move an order along its life. */
  updateOrderStatus: {
    given: {
      /** Id of the resource. */
      orderId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, customerId, status, total, currency, items, shippingAddress, notes, cancelReason, createdAt, updatedAt, customer, payments. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        status: "pending" | "confirmed" | "processing" | "shipped" | "delivered" | "cancelled" | "refunded";
      };
    };
    answer: One<Order>;
  };
  /** Cancel an order. */
  cancelOrder: {
    given: {
      /** Id of the resource. */
      orderId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, customerId, status, total, currency, items, shippingAddress, notes, cancelReason, createdAt, updatedAt, customer, payments. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Order>;
  };
  /** List the payments of an order. */
  listOrderPayments: {
    given: {
      /** Id of the resource. */
      orderId: string;
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Payments in one of these states. */
      status?: ("pending" | "succeeded" | "failed" | "refunded")[];
      /** Payments made at this moment or later. */
      createdAfter?: string;
      /** Payments made at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Sort keys, comma-separated: createdAt, updatedAt, amount. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, orderId, amount, currency, status, method, failureReason, reference, provider, createdAt, updatedAt, order. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<Payment>;
  };
  /** Pay an order. */
  createOrderPayment: {
    given: {
      /** Id of the resource. */
      orderId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, orderId, amount, currency, status, method, failureReason, reference, provider, createdAt, updatedAt, order. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        /** The provider's token for the card. */
        paymentMethod: string;
        /** In the order's currency; all that is due without it. */
        amount?: number;
      };
    };
    answer: One<Payment>;
  };
  /** Get a payment. */
  getPayment: {
    given: {
      /** Id of the resource. */
      paymentId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, orderId, amount, currency, status, method, failureReason, reference, provider, createdAt, updatedAt, order. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Payment>;
  };
  /** List products. */
  listProducts: {
    given: {
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Products in one of these states. */
      status?: ("active" | "draft" | "archived")[];
      /** Products of one of these categories. Several are separated by commas; a comma in a value is written `\,`. */
      category?: (string)[];
      /** Products with one of these SKUs. Several are separated by commas; a comma in a value is written `\,`. */
      sku?: (string)[];
      /** Products sold in one of these currencies. Several are separated by commas; a comma in a value is written `\,`. */
      currency?: (string)[];
      /** Products that cost at least this much. */
      priceMin?: number;
      /** Products that cost at most this much. */
      priceMax?: number;
      /** Products added at this moment or later. */
      createdAfter?: string;
      /** Products added at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Words that begin words of the name, SKU, category or description. */
      q?: string;
      /** Sort keys, comma-separated: createdAt, updatedAt, name, price, sku. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, sku, name, description, category, price, currency, status, createdAt, updatedAt, inventory. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<Product>;
  };
  /** Get a product. */
  getProduct: {
    given: {
      /** Id of the resource. */
      productId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, sku, name, description, category, price, currency, status, createdAt, updatedAt, inventory. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Product>;
  };
  /** Add a product. */
  createProduct: {
    given: {
      /** Fields to answer with, comma-separated, nested by dots: id, sku, name, description, category, price, currency, status, createdAt, updatedAt, inventory. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        sku: string;
        name: string;
        description?: string | null;
        category?: string | null;
        price: number;
        currency: string;
        status?: "active" | "draft" | "archived";
      };
    };
    answer: One<Product>;
  };
  /** Change a product. */
  updateProduct: {
    given: {
      /** Id of the resource. */
      productId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, sku, name, description, category, price, currency, status, createdAt, updatedAt, inventory. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        sku?: string;
        name?: string;
        description?: string | null;
        category?: string | null;
        price?: number;
        currency?: string;
        status?: "active" | "draft" | "archived";
      };
    };
    answer: One<Product>;
  };
  /** Delete a product. */
  deleteProduct: {
    given: {
      /** Id of the resource. */
      productId: string;
    };
    answer: undefined;
  };
  /** List customers. */
  listCustomers: {
    given: {
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Customers in one of these states. */
      status?: ("active" | "inactive" | "erased")[];
      /** Customers with one of these e-mail addresses, exactly, in any case. Several are separated by commas; a comma in a value is written `\,`. */
      email?: (string)[];
      /** Customers added at this moment or later. */
      createdAfter?: string;
      /** Customers added at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Whole words of the name, or the e-mail address. Personal data is encrypted, so parts of words are not found. */
      q?: string;
      /** Sort keys, comma-separated: createdAt, updatedAt, status. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, email, name, phone, address, status, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<Customer>;
  };
  /** Get a customer. */
  getCustomer: {
    given: {
      /** Id of the resource. */
      customerId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, email, name, phone, address, status, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Customer>;
  };
  /** Add a customer. */
  createCustomer: {
    given: {
      /** Fields to answer with, comma-separated, nested by dots: id, email, name, phone, address, status, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        email: string;
        name: string;
        phone?: string | null;
        address?: {
          street: string;
          line2?: string | null;
          city: string;
          state?: string | null;
          zip?: string | null;
          country?: string | null;
        } | null;
        status?: "active" | "inactive";
      };
    };
    answer: One<Customer>;
  };
  /** Change a customer. */
  updateCustomer: {
    given: {
      /** Id of the resource. */
      customerId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, email, name, phone, address, status, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        email?: string;
        name?: string;
        phone?: string | null;
        address?: {
          street: string;
          line2?: string | null;
          city: string;
          state?: string | null;
          zip?: string | null;
          country?: string | null;
        } | null;
        status?: "active" | "inactive";
      };
    };
    answer: One<Customer>;
  };
  /** Erase a customer. */
  eraseCustomer: {
    given: {
      /** Id of the resource. */
      customerId: string;
    };
    answer: undefined;
  };
  /** Export all that is kept about a customer. */
  exportCustomer: {
    given: {
      /** Id of the resource. */
      customerId: string;
    };
    answer: One<{
      customer: Customer;
      orders: (Order)[];
    }>;
  };
  /** List inventory items. */
  listInventory: {
    given: {
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Items with one of these SKUs. Several are separated by commas; a comma in a value is written `\,`. */
      sku?: (string)[];
      /** Items of one of these products. */
      productId?: (string)[];
      /** Items at one of these places. Several are separated by commas; a comma in a value is written `\,`. */
      location?: (string)[];
      /** Items at or below their threshold, or above it. */
      lowStock?: boolean;
      /** Items of which at least this many are available. */
      availableMin?: number;
      /** Items of which at most this many are available. */
      availableMax?: number;
      /** Items of which there are at least this many. */
      quantityMin?: number;
      /** Items of which there are at most this many. */
      quantityMax?: number;
      /** Items added at this moment or later. */
      createdAfter?: string;
      /** Items added at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Sort keys, comma-separated: createdAt, updatedAt, sku, quantity, available. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, sku, productId, quantity, reserved, available, lowStockThreshold, lowStock, location, createdAt, updatedAt, product. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<InventoryItem>;
  };
  /** Get an inventory item by SKU. */
  getInventoryItem: {
    given: {
      /** SKU of the item. */
      sku: string;
      /** Fields to answer with, comma-separated, nested by dots: id, sku, productId, quantity, reserved, available, lowStockThreshold, lowStock, location, createdAt, updatedAt, product. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<InventoryItem>;
  };
  /** Track the stock of a product. */
  addInventory: {
    given: {
      /** Fields to answer with, comma-separated, nested by dots: id, sku, productId, quantity, reserved, available, lowStockThreshold, lowStock, location, createdAt, updatedAt, product. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        sku: string;
        quantity: number;
        lowStockThreshold?: number;
        location?: string | null;
      };
    };
    answer: One<InventoryItem>;
  };
  /** Set quantity, threshold or place of an item. */
  updateInventory: {
    given: {
      /** SKU of the item. */
      sku: string;
      /** Fields to answer with, comma-separated, nested by dots: id, sku, productId, quantity, reserved, available, lowStockThreshold, lowStock, location, createdAt, updatedAt, product. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        quantity?: number;
        lowStockThreshold?: number;
        location?: string | null;
      };
    };
    answer: One<InventoryItem>;
  };
  /** Reserve pieces of an item. */
  reserveInventory: {
    given: {
      /** SKU of the item. */
      sku: string;
      /** Fields to answer with, comma-separated, nested by dots: id, sku, quantity, status, reference, createdAt, item. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        quantity: number;
        reference?: string | null;
      };
    };
    answer: One<Reservation>;
  };
  /** Release reserved pieces of an item. */
  releaseInventory: {
    given: {
      /** SKU of the item. */
      sku: string;
      /** Fields to answer with, comma-separated, nested by dots: id, sku, quantity, status, reference, createdAt, item. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        reservationId: string;
        quantity?: number;
      };
    };
    answer: One<Reservation>;
  };
  /** List webhooks. */
  listWebhooks: {
    given: {
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Webhooks in one of these states. */
      status?: ("active" | "paused" | "disabled")[];
      /** Webhooks that get one of these event types. */
      event?: ("order.created" | "order.updated" | "order.cancelled" | "payment.received" | "payment.failed" | "inventory.low" | "customer.created")[];
      /** Webhooks made at this moment or later. */
      createdAfter?: string;
      /** Webhooks made at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Sort keys, comma-separated: createdAt, updatedAt, status. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<Webhook>;
  };
  /** Get a webhook. */
  getWebhook: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Webhook>;
  };
  /** Register a webhook. */
  createWebhook: {
    given: {
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt, secret. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        /** https, port 443 or 8443, a public address. */
        url: string;
        events: ("order.created" | "order.updated" | "order.cancelled" | "payment.received" | "payment.failed" | "inventory.low" | "customer.created" | "*")[];
        description?: string | null;
        filter?: Record<string, (string | number | boolean)[]> | null;
        /** Whose body it gets; that of the version of this request when it is not given. */
        apiVersion?: "1" | "2" | null;
        /** At most 20, 4 KiB together. They are stored encrypted and never shown; a PUT without them keeps them. */
        headers?: Record<string, string> | null;
        schedule?: "standard" | "short" | null;
        ratePerSecond?: number | null;
        concurrency?: number | null;
        /** Made when it is not given. */
        secret?: string;
      };
    };
    answer: One<WebhookWithSecret>;
  };
  /** Replace a webhook’s properties. */
  updateWebhook: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        /** https, port 443 or 8443, a public address. */
        url: string;
        events: ("order.created" | "order.updated" | "order.cancelled" | "payment.received" | "payment.failed" | "inventory.low" | "customer.created" | "*")[];
        description?: string | null;
        filter?: Record<string, (string | number | boolean)[]> | null;
        /** Whose body it gets; that of the version of this request when it is not given. */
        apiVersion?: "1" | "2" | null;
        /** At most 20, 4 KiB together. They are stored encrypted and never shown; a PUT without them keeps them. */
        headers?: Record<string, string> | null;
        schedule?: "standard" | "short" | null;
        ratePerSecond?: number | null;
        concurrency?: number | null;
      };
    };
    answer: One<Webhook>;
  };
  /** Delete a webhook. */
  deleteWebhook: {
    given: {
      /** Id of the resource. */
      webhookId: string;
    };
    answer: undefined;
  };
  /** Test a webhook. */
  testWebhook: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, delivered, request, response, error, timings, webhook. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<WebhookTest>;
  };
  /** Give a webhook a new secret. */
  rotateWebhookSecret: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt, secret. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body?: {
        /** Made when it is not given. */
        secret?: string;
        /** 24 hours when it is not given. */
        overlapSeconds?: number;
      };
    };
    answer: One<WebhookWithSecret>;
  };
  /** End a rotation. */
  completeWebhookRotation: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Webhook>;
  };
  /** Pause a webhook. */
  pauseWebhook: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Webhook>;
  };
  /** Disable a webhook. */
  disableWebhook: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Webhook>;
  };
  /** Resume a webhook. */
  resumeWebhook: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body?: {
        drainPerSecond?: number;
      };
    };
    answer: One<Webhook>;
  };
  /** Enable a webhook. */
  enableWebhook: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, url, description, events, filter, apiVersion, status, disabledReason, disabledAt, previousSecretExpiresAt, headerNames, schedule, ratePerSecond, concurrency, verifiedAt, verificationFailure, health, drainPerSecond, createdAt, updatedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body?: {
        drainPerSecond?: number;
      };
    };
    answer: One<Webhook>;
  };
  /** List the deliveries of a webhook. */
  listWebhookDeliveries: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Deliveries in one of these states. */
      status?: ("pending" | "succeeded" | "dead" | "cancelled")[];
      /** Deliveries of one of these event types. */
      event?: ("order.created" | "order.updated" | "order.cancelled" | "payment.received" | "payment.failed" | "inventory.low" | "customer.created")[];
      /** Deliveries of one of these events. */
      eventId?: (string)[];
      /** Made at this moment or later. */
      createdAfter?: string;
      /** Made at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Sort keys, comma-separated: createdAt. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, webhookId, eventId, event, status, attemptCount, nextAttemptAt, lastError, lastResponseStatus, replayId, createdAt, completedAt, attempts. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<WebhookDelivery>;
  };
  /** List the deliveries of an event. */
  listEventDeliveries: {
    given: {
      /** Id of the resource. */
      eventId: string;
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Deliveries in one of these states. */
      status?: ("pending" | "succeeded" | "dead" | "cancelled")[];
      /** Made at this moment or later. */
      createdAfter?: string;
      /** Made at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Sort keys, comma-separated: createdAt. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, webhookId, eventId, event, status, attemptCount, nextAttemptAt, lastError, lastResponseStatus, replayId, createdAt, completedAt, attempts. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<WebhookDelivery>;
  };
  /** Get a delivery with its attempts. */
  getDelivery: {
    given: {
      /** Id of the resource. */
      deliveryId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, webhookId, eventId, event, status, attemptCount, nextAttemptAt, lastError, lastResponseStatus, replayId, createdAt, completedAt, attempts. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<WebhookDeliveryWithAttempts>;
  };
  /** List the attempts of a delivery. */
  listDeliveryAttempts: {
    given: {
      /** Id of the resource. */
      deliveryId: string;
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Made at this moment or later. */
      createdAfter?: string;
      /** Made at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Sort keys, comma-separated: createdAt. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, number, outcome, request, response, error, timings, durationMs, startedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<WebhookAttempt>;
  };
  /** Send a delivery again. */
  replayDelivery: {
    given: {
      /** Id of the resource. */
      deliveryId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, webhookId, eventId, event, status, attemptCount, nextAttemptAt, lastError, lastResponseStatus, replayId, createdAt, completedAt, attempts. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<WebhookDelivery>;
  };
  /** Send many deliveries again. */
  startReplay: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, webhookId, what, since, until, events, status, total, queued, perSecond, createdAt, updatedAt, completedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        what: "failed" | "missing" | "all";
        since: string;
        until?: string;
        events?: ("order.created" | "order.updated" | "order.cancelled" | "payment.received" | "payment.failed" | "inventory.low" | "customer.created")[];
        perSecond?: number;
        /** Only counts; nothing is created and the status is 200. */
        dryRun?: boolean;
      };
    };
    answer: One<WebhookReplay>;
  };
  /** List the replays of a webhook. */
  listReplays: {
    given: {
      /** Id of the resource. */
      webhookId: string;
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Replays in one of these states. */
      status?: ("running" | "completed" | "cancelled")[];
      /** Replays asked for at this moment or later. */
      createdAfter?: string;
      /** Replays asked for at this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Sort keys, comma-separated: createdAt. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, webhookId, what, since, until, events, status, total, queued, perSecond, createdAt, updatedAt, completedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<WebhookReplay>;
  };
  /** Get a replay and its progress. */
  getReplay: {
    given: {
      /** Id of the resource. */
      replayId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, webhookId, what, since, until, events, status, total, queued, perSecond, createdAt, updatedAt, completedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<WebhookReplay>;
  };
  /** Stop a replay. */
  cancelReplay: {
    given: {
      /** Id of the resource. */
      replayId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, webhookId, what, since, until, events, status, total, queued, perSecond, createdAt, updatedAt, completedAt. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<WebhookReplay>;
  };
  /** Find out why a signature does not verify. */
  verifyWebhookSignature: {
    given: {
      /** Fields to answer with, comma-separated, nested by dots: house, standard. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
      body: {
        headers: Record<string, string>;
        /** Its text, byte for byte. */
        body: string;
        secret: string;
        previousSecret?: string;
        toleranceSeconds?: number;
      };
    };
    answer: One<SignatureDiagnosis>;
  };
  /** List events. */
  listEvents: {
    given: {
      /** Counts from 1. Pages reach to the 1,000,000th resource; a cursor reaches all. */
      page?: number;
      /** Resources per page. */
      perPage?: number;
      /** Place to read on from, as an answer gave it; empty for the start. Constant cost at any depth. */
      cursor?: string;
      /** Resources per step of a walk by cursor. */
      limit?: number;
      /** Events of one of these types. */
      event?: ("order.created" | "order.updated" | "order.cancelled" | "payment.received" | "payment.failed" | "inventory.low" | "customer.created")[];
      /** Events about one of these orders, payments, items or customers. Several are separated by commas; a comma in a value is written `\,`. */
      objectId?: (string)[];
      /** Events of this moment or later. */
      createdAfter?: string;
      /** Events of this moment or before; a date counts to its end. */
      createdBefore?: string;
      /** Sort keys, comma-separated: createdAt. By default createdAt, newest first. */
      sort?: string;
      /** `asc` or `desc` for each sort key, comma-separated. */
      order?: string;
      /** Fields to answer with, comma-separated, nested by dots: id, event, apiVersion, timestamp, data. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: Many<Event>;
  };
  /** Get an event. */
  getEvent: {
    given: {
      /** Id of the resource. */
      eventId: string;
      /** Fields to answer with, comma-separated, nested by dots: id, event, apiVersion, timestamp, data. */
      fields?: string;
      /** Joins to add with their default fields, comma-separated. */
      expand?: string;
    };
    answer: One<Event>;
  };
  /** List event types. */
  listEventTypes: {
    given: {};
    answer: One<({
      name: string;
      summary: string;
      /** Of the payload. */
      version: number;
      /** Whether a webhook can ask for it; `webhook.test` comes unasked. */
      subscribable: boolean;
      /** JSON Schema (2020-12) by version of the API. */
      schemas: Record<string, Record<string, unknown>>;
    })[]>;
  };
  /** Search products, customers and orders. */
  search: {
    given: {
      /** What to look for. */
      q: string;
      /** Kinds to search. */
      types?: ("products" | "customers" | "orders")[];
      /** Hits of each kind, at most 20. */
      limit?: number;
    };
    answer: One<{
      products?: {
        total: number;
        items: (Record<string, unknown>)[];
      };
      customers?: {
        total: number;
        items: (Record<string, unknown>)[];
      };
      orders?: {
        total: number;
        items: (Record<string, unknown>)[];
      };
    }>;
  };
};

/** Method and path of each operation. */
export const OPERATIONS = {
  listOrders: ['GET', '/orders'],
  getOrder: ['GET', '/orders/{orderId}'],
  createOrder: ['POST', '/orders'],
  updateOrder: ['PUT', '/orders/{orderId}'],
  updateOrderStatus: ['PATCH', '/orders/{orderId}/status'],
  cancelOrder: ['DELETE', '/orders/{orderId}'],
  listOrderPayments: ['GET', '/orders/{orderId}/payments'],
  createOrderPayment: ['POST', '/orders/{orderId}/payments'],
  getPayment: ['GET', '/payments/{paymentId}'],
  listProducts: ['GET', '/products'],
  getProduct: ['GET', '/products/{productId}'],
  createProduct: ['POST', '/products'],
  updateProduct: ['PUT', '/products/{productId}'],
  deleteProduct: ['DELETE', '/products/{productId}'],
  listCustomers: ['GET', '/customers'],
  getCustomer: ['GET', '/customers/{customerId}'],
  createCustomer: ['POST', '/customers'],
  updateCustomer: ['PUT', '/customers/{customerId}'],
  eraseCustomer: ['DELETE', '/customers/{customerId}'],
  exportCustomer: ['GET', '/customers/{customerId}/export'],
  listInventory: ['GET', '/inventory'],
  getInventoryItem: ['GET', '/inventory/{sku}'],
  addInventory: ['POST', '/inventory'],
  updateInventory: ['PUT', '/inventory/{sku}'],
  reserveInventory: ['PATCH', '/inventory/{sku}/reserve'],
  releaseInventory: ['PATCH', '/inventory/{sku}/release'],
  listWebhooks: ['GET', '/webhooks'],
  getWebhook: ['GET', '/webhooks/{webhookId}'],
  createWebhook: ['POST', '/webhooks'],
  updateWebhook: ['PUT', '/webhooks/{webhookId}'],
  deleteWebhook: ['DELETE', '/webhooks/{webhookId}'],
  testWebhook: ['POST', '/webhooks/{webhookId}/test'],
  rotateWebhookSecret: ['POST', '/webhooks/{webhookId}/rotate-secret'],
  completeWebhookRotation: ['POST', '/webhooks/{webhookId}/rotate-secret/complete'],
  pauseWebhook: ['POST', '/webhooks/{webhookId}/pause'],
  disableWebhook: ['POST', '/webhooks/{webhookId}/disable'],
  resumeWebhook: ['POST', '/webhooks/{webhookId}/resume'],
  enableWebhook: ['POST', '/webhooks/{webhookId}/enable'],
  listWebhookDeliveries: ['GET', '/webhooks/{webhookId}/deliveries'],
  listEventDeliveries: ['GET', '/events/{eventId}/deliveries'],
  getDelivery: ['GET', '/deliveries/{deliveryId}'],
  listDeliveryAttempts: ['GET', '/deliveries/{deliveryId}/attempts'],
  replayDelivery: ['POST', '/deliveries/{deliveryId}/replay'],
  startReplay: ['POST', '/webhooks/{webhookId}/replays'],
  listReplays: ['GET', '/webhooks/{webhookId}/replays'],
  getReplay: ['GET', '/replays/{replayId}'],
  cancelReplay: ['POST', '/replays/{replayId}/cancel'],
  verifyWebhookSignature: ['POST', '/webhooks/verify-signature'],
  listEvents: ['GET', '/events'],
  getEvent: ['GET', '/events/{eventId}'],
  listEventTypes: ['GET', '/event-types'],
  search: ['GET', '/search'],
} as const satisfies Record<keyof Operations, readonly [method: string, path: string]>;

/** What a webhook of body version 1 receives. */
export type WebhookEvent =
  | {
  /** The same for every attempt: what a receiver has seen it need not process again. */
  id: string;
  event: "order.created";
  apiVersion: "1";
  /** When it happened, not when it was sent. */
  timestamp: string;
  data: {
    id: string;
    customerId: string;
    status: string;
    /** In the unit of `currency`, with its digits. */
    total: number;
    currency: string;
    items: ({
      productId: string;
      sku: string;
      quantity: number;
      /** In the unit of `currency`, with its digits. */
      unitPrice: number;
    })[];
    createdAt: string;
    updatedAt: string;
  };
}
  | {
  /** The same for every attempt: what a receiver has seen it need not process again. */
  id: string;
  event: "order.updated";
  apiVersion: "1";
  /** When it happened, not when it was sent. */
  timestamp: string;
  data: {
    id: string;
    customerId: string;
    status: string;
    /** In the unit of `currency`, with its digits. */
    total: number;
    currency: string;
    items: ({
      productId: string;
      sku: string;
      quantity: number;
      /** In the unit of `currency`, with its digits. */
      unitPrice: number;
    })[];
    createdAt: string;
    updatedAt: string;
    previousStatus: string;
    currentStatus: string;
  };
}
  | {
  /** The same for every attempt: what a receiver has seen it need not process again. */
  id: string;
  event: "order.cancelled";
  apiVersion: "1";
  /** When it happened, not when it was sent. */
  timestamp: string;
  data: {
    id: string;
    customerId: string;
    status: string;
    /** In the unit of `currency`, with its digits. */
    total: number;
    currency: string;
    items: ({
      productId: string;
      sku: string;
      quantity: number;
      /** In the unit of `currency`, with its digits. */
      unitPrice: number;
    })[];
    createdAt: string;
    updatedAt: string;
    previousStatus: string;
    currentStatus: string;
  };
}
  | {
  /** The same for every attempt: what a receiver has seen it need not process again. */
  id: string;
  event: "payment.received";
  apiVersion: "1";
  /** When it happened, not when it was sent. */
  timestamp: string;
  data: {
    id: string;
    orderId: string;
    status: string;
    /** In the unit of `currency`, with its digits. */
    amount: number;
    currency: string;
    method: string;
    createdAt: string;
  };
}
  | {
  /** The same for every attempt: what a receiver has seen it need not process again. */
  id: string;
  event: "payment.failed";
  apiVersion: "1";
  /** When it happened, not when it was sent. */
  timestamp: string;
  data: {
    id: string;
    orderId: string;
    status: string;
    /** In the unit of `currency`, with its digits. */
    amount: number;
    currency: string;
    method: string;
    createdAt: string;
    failureReason: string;
  };
}
  | {
  /** The same for every attempt: what a receiver has seen it need not process again. */
  id: string;
  event: "inventory.low";
  apiVersion: "1";
  /** When it happened, not when it was sent. */
  timestamp: string;
  data: {
    id: string;
    sku: string;
    productId: string;
    available: number;
    lowStockThreshold: number;
    crossedAt: string;
  };
}
  | {
  /** The same for every attempt: what a receiver has seen it need not process again. */
  id: string;
  event: "customer.created";
  apiVersion: "1";
  /** When it happened, not when it was sent. */
  timestamp: string;
  data: {
    id: string;
    status: string;
    createdAt: string;
  };
}
  | {
  /** The same for every attempt: what a receiver has seen it need not process again. */
  id: string;
  event: "webhook.test";
  apiVersion: "1";
  /** When it happened, not when it was sent. */
  timestamp: string;
  data: {
    challenge: string;
    endpointId: string;
  };
};
