export { formatAmount, MAX_AMOUNT_MINOR, parseAmount, type AmountFault } from "./payment/amount.ts";
export { SummaryIndex } from "./summary/summary-index.ts";
export { Totals, type ProcessorIndex } from "./summary/leaf.ts";
