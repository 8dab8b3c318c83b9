/** IMF-fixdate (RFC 9110 section 5.6.7), made once a second however often it is asked for. */
export class DateField {
  #line = "";
  #fromMs = 0;
  #untilMs = 0;

  /** The Date field line for the moment, with its CRLF. */
  line(wallMs: number): string {
    if (wallMs >= this.#untilMs || wallMs < this.#fromMs) this.#make(wallMs);
    return this.#line;
  }

  #make(wallMs: number): void {
    this.#fromMs = Math.floor(wallMs / 1000) * 1000;
    this.#untilMs = this.#fromMs + 1000;
    this.#line = `date: ${new Date(this.#fromMs).toUTCString()}\r\n`;
  }
}
