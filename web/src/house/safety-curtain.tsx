import { Component, type ReactNode } from "react";
import { Button } from "./button";
import { Notice } from "./notice";

interface CurtainProps {
  readonly children: ReactNode;
  /** When this changes, another page is tried. */
  readonly page: string;
}

interface CurtainState {
  readonly fallen: boolean;
  readonly page: string;
}

/** Comes down when a page breaks, so that a viewer never faces an empty screen. */
export class SafetyCurtain extends Component<CurtainProps, CurtainState> {
  override state: CurtainState = { fallen: false, page: this.props.page };

  static getDerivedStateFromError(): Partial<CurtainState> {
    return { fallen: true };
  }

  static getDerivedStateFromProps(props: CurtainProps, state: CurtainState): CurtainState | null {
    return props.page === state.page ? null : { fallen: false, page: props.page };
  }

  override render() {
    if (!this.state.fallen) return this.props.children;
    return (
      <Notice
        urgent
        title="The curtain fell too early"
        reason="This page stopped on a fault of ours. Nothing of yours is lost; opening it afresh usually helps."
      >
        <Button main onClick={() => window.location.reload()}>
          Open it afresh
        </Button>
        <Button onClick={() => window.location.assign("/")}>Back to home</Button>
      </Notice>
    );
  }
}
