import { Button, LinkPill } from "./button";
import { Notice } from "./notice";

interface UnansweredProps {
  /** What we asked for, in words: "your films". */
  readonly what: string;
  readonly home?: boolean;
}

/** Nothing came back: what we asked for, what may be wrong, and the way to ask once more, with the page of today's house. */
export function Unanswered({ what, home = false }: UnansweredProps) {
  return (
    <Notice
      urgent
      title="The house did not answer"
      reason={`We asked for ${what} and heard nothing back. Check that Matinee is running, then ask again.`}
    >
      <Button main onClick={() => window.location.reload()}>
        Try again
      </Button>
      {home && <LinkPill to="/">Back to home</LinkPill>}
    </Notice>
  );
}
