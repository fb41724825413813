import { useLacks } from "./lacking";
import styles from "./lacking-note.module.css";

/** A quiet word while the house cannot say where the viewer left off, or what they might like. It goes by itself. */
export function LackingNote({ watching }: { readonly watching: boolean }) {
  const places = useLacks("places");
  const recommendations = useLacks("recommendations") && !watching;
  return (
    <p className={places || recommendations ? styles["note"] : "unseen"} role="status">
      {places
        ? watching
          ? "We can’t reach where you left off, so this starts from the beginning."
          : "Your list and where you left off can’t be reached right now. Everything still plays."
        : recommendations && "Rows of your own can’t be reached right now. These are everybody’s."}
    </p>
  );
}
