/** What `http-json-post` sends: an order of 256 bytes, and what is answered to it. */
export const ORDER: string = JSON.stringify({
  id: "6f0c1e9a-52b4-4c1d-9f7e-0a8d3b6c5e21",
  customer: "al@example.org",
  currency: "EUR",
  lines: [
    { sku: "A-1000", quantity: 2, priceMinor: 1999 },
    { sku: "B-2000", quantity: 1, priceMinor: 4950 },
    { sku: "C-3000", quantity: 4, priceMinor: 99 },
  ],
  note: "ring",
});

export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly currency: string;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: number;
    readonly priceMinor: number;
  }[];
  readonly note: string;
}

export interface Receipt {
  readonly id: string;
  readonly totalMinor: number;
  readonly currency: string;
  readonly lines: number;
}

export function receiptOf({ id, currency, lines }: Order): Receipt {
  let totalMinor = 0;
  for (const { quantity, priceMinor } of lines) totalMinor += quantity * priceMinor;
  return { id, totalMinor, currency, lines: lines.length };
}
