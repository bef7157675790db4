import { useEffect, useRef, useState } from "preact/hooks";
import type { InquiryLatentLine, InquiryPicture } from "../../src/protocol/inquiry.ts";
import { sendFile } from "./sending.ts";
import { Failed, Verdict } from "./verdict.tsx";
import { useWords } from "./words.ts";
import { type FileState, isUnderWay, Working } from "./working.tsx";

const TYPES = "image/tiff,image/jpeg,image/png,application/pdf";

/** One picture that a visitor gave, and what the site has told of it so far. */
interface View {
  readonly name: string;
  readonly state: FileState;
  readonly pictures: readonly InquiryPicture[];
  readonly failure?: string;
}

function after(view: View, line: InquiryLatentLine): View {
  switch (line.kind) {
    case "received":
    case "looking":
      return { ...view, state: line.kind };
    case "picture":
      return { ...view, pictures: [...view.pictures, line] };
    case "end":
      return { ...view, state: "done" };
    case "failed":
      return { ...view, state: "failed", failure: line.code };
  }
}

/** Shows what an infrared camera sees of a picture in the visitor's hands, one picture at a time. */
export function LatentViewer() {
  const { t } = useWords();
  const [view, setView] = useState<View>();
  const sending = useRef<AbortController>(undefined);
  useEffect(() => () => sending.current?.abort(), []);

  const chosen = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file) {
      sending.current?.abort();
      sending.current = new AbortController();
      setView({ name: file.name, state: "sending", pictures: [] });
      const onLine = (line: InquiryLatentLine) => setView((now) => now && after(now, line));
      void sendFile<InquiryLatentLine>("v1/latent", file, onLine, { signal: sending.current.signal });
    }
    // The same file may be given again.
    input.value = "";
  };
  return (
    <section class="latent" aria-labelledby="latent-heading">
      <h3 id="latent-heading">{t("latent.heading")}</h3>
      <p>{t("latent.words")}</p>
      <label class="way">
        {t("latent.choose")}
        <input type="file" accept={TYPES} onChange={chosen} data-way="latent" />
      </label>
      <p class="giving-limits">{t("latent.limits")}</p>
      <p class="privacy">{t("privacy")}</p>
      {view && <Viewed view={view} />}
    </section>
  );
}

function Viewed({ view: { name, state, pictures, failure } }: { readonly view: View }) {
  const { t } = useWords();
  const hidden = state === "done" ? (pictures[0]?.count ?? 0) - pictures.length : 0;
  return (
    <article class="latent-view" data-state={state} aria-busy={isUnderWay(state)} aria-label={t("latent.results")}>
      <p class="scan-name">{name}</p>
      <div class="latent-told" aria-live="polite">
        <Working state={state} />
        {pictures.map((picture) => (
          <LatentFigures key={picture.number} picture={picture} />
        ))}
        {hidden > 0 && <p>{t("latent.more", { count: hidden })}</p>}
        {pictures.some(({ oneLevel }) => !oneLevel) && <p class="claimed">{t("latent.proves")}</p>}
        {state === "failed" && <Failed code={failure} />}
      </div>
    </article>
  );
}

function LatentFigures({ picture }: { readonly picture: InquiryPicture }) {
  const { t } = useWords();
  const { number, count, source, oneLevel, latentPng, seenPng } = picture;
  return (
    <section class="latent-picture">
      {count > 1 && <h4>{t("latent.pictureOf", { number, count })}</h4>}
      {oneLevel && <Verdict sign="unsure" name="latent.nothing" />}
      <div class="pictures">
        {!oneLevel && <Figure png={latentPng} caption={t(`latent.${source}`)} alt={t("latent.latent.alt")} />}
        {seenPng !== undefined && <Figure png={seenPng} caption={t("latent.seen")} alt={t("latent.seen.alt")} />}
      </div>
    </section>
  );
}

function Figure(props: { readonly png: string; readonly caption: string; readonly alt: string }) {
  return (
    <figure>
      <img src={`data:image/png;base64,${props.png}`} alt={props.alt} />
      <figcaption>{props.caption}</figcaption>
    </figure>
  );
}
