/** The two functions of npm `ipp` that the tests use as a second opinion; the package carries no types. */
declare module "ipp" {
  const ipp: {
    parse(bytes: Buffer): Record<string, unknown>;
    serialize(message: Record<string, unknown>): Buffer;
  };
  export default ipp;
}
