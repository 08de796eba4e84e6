/** Numbers for names that many hold. A name is remembered as long as anybody holds it. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #holders: number[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#numbers.size;
  }

  /** null: nobody holds it. */
  find(name: string): number | null {
    return this.#numbers.get(name) ?? null;
  }

  /** One more holder. */
  hold(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#free.pop() ?? this.#names.length;
      this.#numbers.set(name, number);
      this.#names[number] = name;
      this.#holders[number] = 0;
    }
    this.#holders[number]!++;
    return number;
  }

  /** One holder less. */
  release(number: number): void {
    if (--this.#holders[number]! > 0) return;
    this.#numbers.delete(this.#names[number]!);
    this.#names[number] = '';
    this.#free.push(number);
  }

  nameOf(number: number): string {
    return this.#names[number]!;
  }
}
