import type { ComponentChildren } from "preact";
import { useWords } from "./words.ts";

/** What protects a certificate, each with a picture, and what this version does not have yet. */
export function Protections() {
  const { t } = useWords();
  return (
    <section class="protections" aria-label={t("protections")}>
      <h2>{t("protections")}</h2>
      <ul class="protection-list">
        <Protection name="image">
          <rect x="20" y="12" width="72" height="100" rx="2" class="sheet" />
          <path d="M30 26h40M30 36h52M30 46h46M30 56h52M30 66h30" class="line" />
          <path d="M98 62h24M114 54l8 8-8 8" class="aim" />
          <rect x="128" y="12" width="72" height="100" rx="2" class="sheet" />
          <rect x="136" y="40" width="56" height="40" class="noise" />
          {[
            [136, 32],
            [187, 32],
            [136, 83],
            [187, 83],
          ].map(([x, y]) => (
            <rect key={`${x} ${y}`} x={x} y={y} width="5" height="5" class="dark" />
          ))}
        </Protection>
        <Protection name="code">
          <rect x="74" y="12" width="72" height="100" rx="2" class="sheet" />
          <path d="M82 28h26M82 36h20" class="line" />
          <path d="M116 20h8v8h-8zM130 20h8v8h-8zM116 34h8v8h-8zM128 30h4v4h-4zM134 34h4v8h-4z" class="dark" />
        </Protection>
        <Protection name="deterrent" missing>
          <rect x="30" y="12" width="72" height="100" rx="2" class="sheet" />
          <rect x="118" y="12" width="72" height="100" rx="2" class="sheet" />
          <text x="154" y="58" class="ghost">
            {t("protection.deterrent.glyphs")}
          </text>
          <text x="154" y="88" class="ghost">
            {t("protection.deterrent.glyphs")}
          </text>
        </Protection>
        <Protection name="latent" missing>
          <rect x="74" y="12" width="72" height="100" rx="2" class="sheet" />
          <circle cx="110" cy="62" r="24" class="tint" />
          <path d="M100 62l8 8 14-16" class="aim" />
        </Protection>
      </ul>
    </section>
  );
}

function Protection(props: {
  readonly name: string;
  readonly missing?: boolean;
  readonly children: ComponentChildren;
}) {
  const { t } = useWords();
  return (
    <li class="protection">
      <svg viewBox="0 0 220 124" aria-hidden="true">
        {props.children}
      </svg>
      <h3>{t(`protection.${props.name}`)}</h3>
      {props.missing && <p class="missing">{t("protection.missing")}</p>}
      <p>{t(`protection.${props.name}.words`)}</p>
    </li>
  );
}
