import { LinkPill } from "../house/button";
import { RedeemForm } from "./redeem-form";
import { Acts, Section } from "./section";

/** Codes that somebody gave, and giving one. */
export function CodeSection() {
  return (
    <Section title="Gifts and coupons" id="codes">
      <RedeemForm />
      <Acts>
        <LinkPill to="/gift">Give Matinee</LinkPill>
      </Acts>
    </Section>
  );
}
