import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useWords } from "./words.ts";

/** A list that may be longer than the screen: pages with two large buttons, since nobody should have to scroll. */
export function Pages<T>(props: {
  readonly items: readonly T[];
  readonly perPage: number;
  readonly columns: number;
  readonly children: (item: T) => ComponentChildren;
}) {
  const say = useWords();
  const { items, perPage } = props;
  const pages = Math.max(1, Math.ceil(items.length / perPage));
  const [wanted, setWanted] = useState(0);
  const page = Math.min(wanted, pages - 1);
  return (
    <>
      <div class={`list list-${props.columns}`}>
        {items.slice(page * perPage, (page + 1) * perPage).map((item) => props.children(item))}
      </div>
      {pages > 1 && (
        <div class="pager">
          <button type="button" class="button button-plain" disabled={page === 0} onClick={() => setWanted(page - 1)}>
            {say("screen.pager.before")}
          </button>
          <p role="status">{say("screen.pager.page", { page: page + 1, pages })}</p>
          <button
            type="button"
            class="button button-plain"
            disabled={page === pages - 1}
            onClick={() => setWanted(page + 1)}
          >
            {say("screen.pager.after")}
          </button>
        </div>
      )}
    </>
  );
}
