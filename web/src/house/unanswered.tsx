import { Button, LinkPill } from "./button";
import { Notice } from "./notice";

interface UnansweredProps {
  /** What we asked for, in words: "your films". */
  readonly what: string;
  readonly onAskAgain: (how: { readonly requestPolicy: "network-only" }) => void;
  readonly home?: boolean;
}

/** Nothing came back: what we asked for, what may be wrong, and the way to ask once more. */
export function Unanswered({ what, onAskAgain, home = false }: UnansweredProps) {
  return (
    <Notice
      urgent
      title="The house did not answer"
      reason={`We asked for ${what} and heard nothing back. Check that Matinee is running, then ask again.`}
    >
      <Button main onClick={() => onAskAgain({ requestPolicy: "network-only" })}>
        Try again
      </Button>
      {home && <LinkPill to="/">Back to home</LinkPill>}
    </Notice>
  );
}
