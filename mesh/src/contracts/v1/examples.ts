// Ids that stand for the same things in all examples.
export const EXAMPLE = {
  customerId: 'cust_01kb3p8f6cfmtb2qj5ht4x7yzd',
  inventoryId: 'inv_01kb3p8g2ze5gsv9w1n8k4r6ac',
  lineId: 'line_01kb3p8hd4f0xrk3m7t2c9vebn',
  orderId: 'order_01kb3p8j8yfvbt6h1w5d0q2sgx',
  paymentId: 'pay_01kb3p8k3vekpsz8c4n9y7j1tf',
  productId: 'prod_01kb3p8m0qe8yrd2v6x3g5h9kw',
  requestId: 'req_01kb3p8nwhfctt4j9b7s1z6m2e',
  reservationId: 'res_01kb3p8prbez5a0k8f2y4d7n3h',
  sku: 'MUG-BLUE-350',
  deliveryId: 'dlv_01kb3p8q5tfx6s2m9d4v7j0c1e',
  eventId: 'evt_01kb3p8r7wey3b6k1h8t5n2q4z',
  replayId: 'replay_01kb3p8s9yfpav5c7x3r0g6m8d',
  time: '2026-01-31T09:30:00.000Z',
  webhookId: 'wh_01kb3p8tbze0jr4w2q9f6s1y5h',
} as const;
