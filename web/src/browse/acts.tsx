import { Button, LinkPill } from "../house/button";
import { DetailsIcon, LockIcon, PlayIcon } from "../house/icons";
import { go, pathTo } from "../house/way";
import { ListButton } from "./list-button";
import { Progress } from "./progress";
import { Thumbs } from "./thumbs";
import styles from "./acts.module.css";
import type { TitleSummary } from "./titles";
import { isBegun, leftInWords, seenShare, startOf } from "./words";

interface ActsProps {
  readonly title: TitleSummary;
  readonly details?: boolean;
}

/** The one main act of a page, and beside it the other ways on. */
export function Acts({ title, details = false }: ActsProps) {
  const { id, label, mark } = startOf(title);
  const locked = title.upNext?.locked ?? title.locked;
  return (
    <>
      {isBegun(mark) && (
        <div className={styles["mark"]}>
          <Progress share={seenShare(mark)} />
          {leftInWords(mark)}
        </div>
      )}
      <div className={styles["acts"]}>
        <Button main className={styles["play"]} onClick={() => go(pathTo.watch(id))}>
          {locked ? <LockIcon size={18} /> : <PlayIcon size={18} />}
          {label}
          {locked && <span className="unseen"> with the PIN</span>}
        </Button>
        {details && (
          <LinkPill to={pathTo.title(title.id)} className={styles["details"]}>
            <DetailsIcon />
            Details
          </LinkPill>
        )}
        <ListButton title={title} />
        {!details && <Thumbs title={title} />}
      </div>
    </>
  );
}
