/** What this page shows the front desk to say who is at it: in memory alone, so that whoever loads the page anew is nobody again. */
export class Identity {
  private source: (() => Promise<string | null>) | null = null;

  /** Whether there is anything to show. */
  get known(): boolean {
    return this.source !== null;
  }

  /** Show what this gives from now on; it is asked each time, and may fetch a fresh one. */
  use(source: () => Promise<string | null>): void {
    this.source = source;
  }

  forget(): void {
    this.source = null;
  }

  /** The headers of a request; none for a guest. */
  async headers(): Promise<Readonly<Record<string, string>>> {
    const token = (await this.source?.()) ?? null;
    return token === null ? {} : { Authorization: `Bearer ${token}` };
  }
}
