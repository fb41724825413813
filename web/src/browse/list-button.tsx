import { PlusIcon, TickIcon } from "../house/icons";
import { useMyList } from "./my-list";
import styles from "./list-button.module.css";
import type { TitleSummary } from "./titles";

/** On my list or not: a round button with a plus or a tick. */
export function ListButton({ title, small = false }: { readonly title: TitleSummary; readonly small?: boolean }) {
  const { kept, toggle } = useMyList(title);
  const label = kept ? "Take off my list" : "Put on my list";
  return (
    <button
      type="button"
      className={small ? `${styles["button"]} ${styles["small"]}` : styles["button"]}
      aria-label={`${label}: ${title.series?.name ?? title.name}`}
      title={label}
      onClick={toggle}
    >
      {kept ? <TickIcon /> : <PlusIcon />}
    </button>
  );
}
