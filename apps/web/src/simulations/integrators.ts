/** The integrators in words; one that is not listed here goes by its own name. */
const WORDS: Readonly<Record<string, string>> = {
  "symplectic-euler": "Symplectic Euler",
  leapfrog: "Leapfrog",
  yoshida4: "Yoshida, 4th order",
  yoshida6: "Yoshida, 6th order",
  yoshida8: "Yoshida, 8th order",
  ias15: "IAS15, adaptive",
};

export function integratorWords(name: string): string {
  return WORDS[name] ?? name;
}
