import { Button, LinkPill } from "../house/button";
import { DetailsIcon, PlayIcon } from "../house/icons";
import { go, pathTo } from "../house/way";
import styles from "./acts.module.css";

interface ActsProps {
  readonly id: string;
  readonly details?: boolean;
}

/** The one main act of a page, and beside it the other way on. */
export function Acts({ id, details = false }: ActsProps) {
  return (
    <div className={styles["acts"]}>
      <Button main className={styles["play"]} onClick={() => go(pathTo.watch(id))}>
        <PlayIcon size={18} />
        Play
      </Button>
      {details && (
        <LinkPill to={pathTo.title(id)} className={styles["details"]}>
          <DetailsIcon />
          Details
        </LinkPill>
      )}
    </div>
  );
}
