/** The floors of docs/architecture.md: an import only ever goes down. */
const parties = ["kiosk", "operator-center", "issuance-center", "issuing-server", "card-app-loading"];
const TEST = "(\\.test\\.ts$|^test/)";
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "kernel-imports-nothing-of-ours",
      severity: "error",
      from: { path: "^src/kernel/", pathNot: TEST },
      to: { path: "^(src|devices|firmware-bridge|test)/", pathNot: "^src/kernel/" },
    },
    {
      name: "protocol-imports-only-the-kernel",
      severity: "error",
      from: { path: "^src/protocol/", pathNot: TEST },
      to: { path: "^(src|devices|firmware-bridge|test)/", pathNot: "^src/(kernel|protocol)/" },
    },
    {
      name: "security-print-imports-only-protocol-and-kernel",
      severity: "error",
      from: { path: "^src/security-print/", pathNot: TEST },
      to: { path: "^(src|devices|firmware-bridge|test)/", pathNot: "^src/(kernel|protocol|security-print)/" },
    },
    ...parties.map((party) => ({
      name: `${party}-stays-on-its-floor`,
      severity: "error",
      from: { path: `^src/${party}/`, pathNot: TEST },
      to: {
        path: "^(src|devices|firmware-bridge|test|ui)/",
        pathNot:
          party === "kiosk"
            ? "^(src/(kernel|protocol|security-print|kiosk)/|devices/|firmware-bridge/protocol\\.ts)"
            : `^src/(kernel|protocol|security-print|${party})/`,
      },
    })),
    {
      name: "only-the-town-and-tests-know-simulators",
      severity: "error",
      from: {
        path: "^(src|devices|firmware-bridge)/",
        pathNot: `${TEST}|^src/town/|^devices/[^/]+/simulator|^firmware-bridge/emulator/`,
      },
      to: { path: "^(devices/[^/]+/simulator|firmware-bridge/emulator/)" },
    },
    {
      name: "devices-stand-on-the-bridge-protocol-and-the-kernel",
      severity: "error",
      from: { path: "^devices/", pathNot: TEST },
      to: { path: "^(src|firmware-bridge|test)/", pathNot: "^(src/kernel/|firmware-bridge/protocol\\.ts)" },
    },
    {
      name: "firmware-bridge-stands-on-the-kernel-and-the-ports",
      comment: "the bridge and the emulator open ports as devices do, and know no device, no party and no town",
      severity: "error",
      from: { path: "^firmware-bridge/", pathNot: TEST },
      to: {
        path: "^(src|devices|firmware-bridge|test|ui)/",
        pathNot:
          "^(src/kernel/|firmware-bridge/|devices/contract/(port|openers|address|link|listeners|recorder)\\.ts$)",
      },
    },
    {
      name: "bridge-and-emulator-do-not-know-each-other",
      severity: "error",
      from: { path: "^firmware-bridge/(bridge|emulator)/", pathNot: TEST },
      to: { path: "^firmware-bridge/", pathNot: "^firmware-bridge/($1/|(protocol|board-messages)\\.ts$)" },
    },
    {
      name: "devices-meet-only-in-the-contract",
      severity: "error",
      from: { path: "^devices/([^/]+)/", pathNot: TEST },
      to: { path: "^devices/", pathNot: "^devices/($1|contract)/" },
    },
    {
      name: "attestor-shares-no-code-path-with-the-renderer",
      comment: "binding.md 6: the attestor has its own view of the register, so that one bug cannot fool both",
      severity: "error",
      from: { path: "^src/issuing-server/attestor/", pathNot: TEST },
      to: { path: "^src/issuing-server/(renderer|gate|registry)/" },
    },
    {
      name: "renderer-knows-nothing-of-the-attestor",
      severity: "error",
      from: { path: "^src/issuing-server/renderer/", pathNot: TEST },
      to: { path: "^src/issuing-server/(attestor|gate)/" },
    },
    {
      name: "entry-points-are-never-imported",
      severity: "error",
      from: { pathNot: "^(src/cli/|test/bench/|test/crash/|test/screens/)|\\.test\\.ts$" },
      to: {
        path: "^(src/cli/|test/bench/|test/crash/|src/[^/]+/main\\.ts|src/[^/]+/[^/]+/main\\.ts|firmware-bridge/bridge/main\\.ts)",
      },
    },
    {
      name: "nothing-imports-the-town-but-entry-points-and-tests",
      severity: "error",
      from: { path: "^(src|devices|firmware-bridge)/", pathNot: `${TEST}|^src/(town|cli)/` },
      to: { path: "^src/town/" },
    },
    {
      name: "the-panel-is-drawn-from-one-file",
      severity: "error",
      comment: "and the bench's page from the bench's language",
      from: { path: "^ui/" },
      to: {
        path: "^(src|devices)/",
        pathNot: "^src/(protocol/(panel|operator|municipality|inquiry)|town/bench/protocol)\\.ts$",
      },
    },
    {
      name: "no-dev-dependency-in-the-product",
      severity: "error",
      from: { path: "^(src|devices|firmware-bridge)/", pathNot: TEST },
      to: { dependencyTypes: ["npm-dev"], pathNot: "node_modules/@types/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
