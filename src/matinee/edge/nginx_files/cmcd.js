// What a player says of itself with a request (CMCD version 1, CTA-5004), for the log: the keys we know, each in the form that
// the standard gives it, and nothing of what else may stand there. `sid` names the view, which tells nobody's name; what is
// watched (`cid`) and the neighbouring addresses (`nor`, `nrr`) are left out.

const KNOWN = [
    /^(br|bl|d|dl|mtp|rtp|tb)=\d{1,12}$/,
    /^(bs|su)$/,
    /^ot=(m|a|v|av|i|c|tt|k|o)$/,
    /^sf=(d|h|s|o)$/,
    /^st=(v|l)$/,
    /^pr=\d{1,2}(\.\d{1,2})?$/,
    /^sid="[A-Za-z0-9_-]{1,64}"$/,
    /^v=1$/,
];
const LONGEST = 1000;

// Empty where a player said nothing: then nothing is logged.
function said(r) {
    const given = r.args.CMCD;
    if (typeof given !== 'string' || given.length > LONGEST) {
        return '';
    }
    return given.split(',').filter(each => KNOWN.some(form => form.test(each))).join(',');
}

export default {said};
