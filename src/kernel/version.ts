import packageJson from "../../package.json" with { type: "json" };

/** The product's version, as every node attests it (package.json is the one source). */
export const softwareVersion: string = packageJson.version;
