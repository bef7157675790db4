import { useWords } from "./words.ts";

/** How far a file is that was sent to the site. */
export type FileState = "sending" | "received" | "looking" | "done" | "failed";

/** Whether the site is not done with it. */
export const isUnderWay = (state: FileState) => state !== "done" && state !== "failed";

/** Says what is being done with a file; nothing, when all is done. */
export function Working({ state }: { readonly state: FileState }) {
  const { t } = useWords();
  if (!isUnderWay(state)) return null;
  return (
    <p class="working">
      <progress aria-label={t(`state.${state}`)} />
      {t(`state.${state}`)}
    </p>
  );
}
