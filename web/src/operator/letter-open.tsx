import { useEffect, useRef, useState } from "react";
import { useQuery } from "urql";
import { LetterQuery, type Letter } from "./letters";
import jobs from "./jobs.module.css";
import styles from "./letters-page.module.css";
import { Panel, Quiet } from "./panel";

/** One letter, as its reader would see it, in a frame that may do nothing; or as plain text. */
export function LetterOpen({ letter, onClose }: { readonly letter: Letter; readonly onClose: () => void }) {
  const [{ data }] = useQuery({ query: LetterQuery, variables: { id: letter.id }, requestPolicy: "network-only" });
  const [plain, setPlain] = useState(false);
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    top.current?.focus({ preventScroll: true });
    top.current?.scrollIntoView({ block: "nearest" });
  }, []);
  const copy = data?.operator?.letter;
  return (
    <div ref={top} tabIndex={-1} className={styles["open"]}>
      <Panel
        title={letter.subject ?? "A letter"}
        aside={
          <div className={styles["ways"]}>
            <label className={jobs["tick"]}>
              <input type="checkbox" checked={plain} onChange={(event) => setPlain(event.target.checked)} />
              As plain text
            </label>
            <button type="button" className={jobs["act"]} onClick={onClose}>
              Close
            </button>
          </div>
        }
      >
        {copy === undefined && <Quiet>Fetching it.</Quiet>}
        {copy?.__typename === "Refused" && (
          <Quiet>
            {copy.headline} {copy.reason}
          </Quiet>
        )}
        {copy?.__typename === "LetterCopy" && plain && (
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys
          <pre className={styles["text"]} tabIndex={0} aria-label="The letter as plain text">
            {copy.text}
          </pre>
        )}
        {copy?.__typename === "LetterCopy" && !plain && (
          <iframe
            className={styles["frame"]}
            title={letter.subject ?? "A letter"}
            src={copy.page}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
          />
        )}
      </Panel>
    </div>
  );
}
