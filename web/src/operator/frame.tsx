import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { LinkPill } from "../house/button";
import { isSignedOut, kindOf } from "../house/client";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import styles from "./operator-page.module.css";
import { Quiet } from "./panel";
import { OperatorRooms, type OperatorPath } from "./rooms";

/** What a viewer who is no operator finds here. */
export function ForTheOperator() {
  return (
    <Notice title="For the operator" reason="This page looks after the house. Your account watches films, which is the better part.">
      <LinkPill to="/" main>
        Back to home
      </LinkPill>
    </Notice>
  );
}

interface FrameProps<T extends object> {
  readonly at: OperatorPath;
  readonly heading: string;
  /** Null: not for this account; undefined: not heard yet. */
  readonly found: T | null | undefined;
  readonly error: CombinedError | undefined;
  /** What we asked for, in words. */
  readonly what: string;
  readonly children: (found: T) => ReactNode;
}

/** What a part of the house answered instead: a no in its own words. */
function noOf(error: CombinedError | undefined): string | null {
  const kind = kindOf(error);
  return kind === "invalid" || kind === "missing" ? (error?.graphQLErrors[0]?.message ?? null) : null;
}

/** One of the operator's rooms, once it is known that it may be seen. */
export function OperatorFrame<T extends object>({ at, heading, found, error, what, children }: FrameProps<T>) {
  usePageName(heading);
  const no = noOf(error);
  if (found === null && error === undefined) return <ForTheOperator />;
  if (!found && no === null && error !== undefined && !isSignedOut(error)) return <Unanswered what={what} home />;
  return (
    <div className={styles["page"]}>
      <OperatorRooms at={at} />
      <h1 className={styles["heading"]}>{heading}</h1>
      {found ? children(found) : no === null ? <div role="status" aria-label={`Loading ${what}`} /> : <Quiet>{no}</Quiet>}
    </div>
  );
}
