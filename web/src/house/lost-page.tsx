import { LinkPill } from "./button";
import { Notice } from "./notice";
import { usePageName } from "./page";

export function LostPage() {
  usePageName("Not found");
  return (
    <Notice
      title="Nothing plays here"
      reason="This address leads to no page of the house. It may have moved, or been mistyped."
    >
      <LinkPill to="/" main>
        Back to home
      </LinkPill>
    </Notice>
  );
}
