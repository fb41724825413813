import { useLacksPlaces } from "./lacking";
import styles from "./lacking-note.module.css";

/** A quiet word while the house cannot say where the viewer left off. It goes by itself. */
export function LackingNote({ watching }: { readonly watching: boolean }) {
  const lacks = useLacksPlaces();
  return (
    <p className={lacks ? styles["note"] : "unseen"} role="status">
      {lacks &&
        (watching
          ? "We can’t reach where you left off, so this starts from the beginning."
          : "Your list and where you left off can’t be reached right now. Everything still plays.")}
    </p>
  );
}
