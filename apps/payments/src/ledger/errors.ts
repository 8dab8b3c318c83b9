export type PaymentsErrorCode =
  /** An id that is known with another amount. */
  | "CONFLICT"
  /** As many payments wait as may. */
  | "FULL"
  /** The journal failed; the service must be started again. */
  | "JOURNAL"
  | "NOT_FOUND"
  /** The sibling's half of the summary could not be had. */
  | "SIBLING";

export class PaymentsError extends Error {
  override readonly name = "PaymentsError";
  readonly code: PaymentsErrorCode;
  readonly retryable: boolean;

  constructor(code: PaymentsErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code === "FULL" || code === "SIBLING";
  }
}
