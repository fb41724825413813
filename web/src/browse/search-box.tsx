import { useEffect, useRef, type ChangeEvent } from "react";
import { SearchIcon } from "../house/icons";
import { go, pathTo } from "../house/way";
import styles from "./search-box.module.css";

const TYPED_MS = 220;

export const soughtIn = (search: string): string => new URLSearchParams(search).get("q") ?? "";

/** Search as you type: the address follows the words, so that Back and a reload keep them. */
export function SearchBox({ at, large = false }: { /** The search page's query; null elsewhere. */ readonly at: string | null; readonly large?: boolean }) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const sought = at === null ? "" : soughtIn(at);

  useEffect(() => {
    if (field.current !== null && document.activeElement !== field.current) field.current.value = sought;
  }, [sought]);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const follow = (event: ChangeEvent<HTMLInputElement>) => {
    const text = event.target.value;
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => go(pathTo.search(text), at === null ? "push" : "replace"), TYPED_MS);
  };
  return (
    <search className={large ? `${styles["box"]} ${styles["large"]}` : styles["box"]}>
      <span className={styles["glass"]}>
        <SearchIcon />
      </span>
      <input
        ref={field}
        className={styles["field"]}
        type="search"
        aria-label="Search titles, people and genres"
        placeholder="Search"
        defaultValue={sought}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        onChange={follow}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
    </search>
  );
}
