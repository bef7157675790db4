import { entries } from "./entry.ts";

/** The PKCS#11 token in which encryption keys of the scrambled images may lie. */
export const imageTokenErrors = entries({
  "K-IMAGE-120": {
    kind: "configuration",
    cause: "the add-on that speaks PKCS#11 is not built for this machine",
    clerk: "Run `./madoguchi doctor --fix`, then try again.",
  },
  "K-IMAGE-121": {
    kind: "configuration",
    cause: "the file that should be the token's PKCS#11 module is not there or is no such module",
    clerk: "Name the module of the token's maker, such as /usr/lib/softhsm/libsofthsm2.so.",
  },
  "K-IMAGE-122": {
    kind: "configuration",
    cause: "the token does not take the PIN, or the file with the PIN cannot be read",
    clerk:
      "Put the token's user PIN into the file. It is not tried twice: a token locks itself after a few wrong ones.",
  },
  "K-IMAGE-123": {
    kind: "fault",
    cause: "the token with the encryption keys of the scrambled images does not answer",
    clerk: "Look whether the token is plugged in and its service runs. It is asked again each time that it is needed.",
  },
  "K-IMAGE-124": {
    kind: "configuration",
    cause: "the token does not have an encryption key that is needed",
    clerk: "Name the token in which the key was made; `./madoguchi image-keys list` shows the ids of the keys.",
  },
  "K-IMAGE-125": {
    kind: "configuration",
    cause: "encryption keys of the scrambled images lie in a token, and no token was named",
    clerk: "Name the token with --token FILE.yaml, or as pkcs11 in the configuration of the process.",
  },
  "K-IMAGE-126": {
    kind: "fault",
    cause: "the token refuses what the scrambled images need of it",
    clerk: "The token must make AES keys of 256 bits and do AES-GCM with a nonce that it is given; ask its maker.",
  },
});
