// What a box decides by itself: whether the token in an address opens the edition behind it. The token's form, and what
// its MAC covers, are described once, in edge/tokens.py.
import crypto from 'crypto';

// 200, 403 (was never granted) or 410 (was granted and is over). The address is used as it was minted or not at all:
// nginx matches it decoded and with dots and double slashes resolved, so one that arrived in any other spelling differs
// here from what was matched, and is refused.
function verdict(r) {
    const v = r.variables;
    const raw = v.request_uri;
    if (!raw.startsWith(r.uri) || (raw.length > r.uri.length && raw[r.uri.length] !== '?')) {
        return 403;
    }
    const secret = ngx.shared.keys.get(v.t_kid);
    if (!secret) {
        return 403;
    }
    const grant = v.t_kid + '.' + v.t_exp + '.' + v.t_view + v.t_unit;
    // A view brings one token hundreds of times: proven once, it is looked up, by a hash of all of it, which says no sooner.
    if (ngx.shared.proven.get(v.t_mac) !== grant) {
        if (!signs(secret, grant, v.t_mac)) {
            return 403;
        }
        ngx.shared.proven.set(v.t_mac, grant);
    }
    // A rung's folder begins with how tall its picture is: v720-3000k.
    const rung = /^\/films\/[^/]+\/v(\d+)/.exec(r.uri.slice(r.uri.indexOf('/', 1)));
    if (v.t_height && rung && Number(rung[1]) > Number(v.t_height)) {
        return 403;
    }
    return Number(v.t_exp) * 1000 < Date.now() ? 410 : 200;
}

function signs(secret, grant, brought) {
    const mac = crypto.createHmac('sha256', secret).update(grant).digest('base64url');
    // Every character is compared, whatever the first difference, so that time tells nothing.
    let different = 0;
    for (let i = 0; i < 43; i++) {
        different |= mac.charCodeAt(i) ^ brought.charCodeAt(i);
    }
    return different === 0;
}

// GET: a digest of the keys held, by which the agent knows whether they are the right ones. PUT: hold exactly these;
// the new are added before the old are dropped, so that no token fails in between.
function keys(r) {
    const held = ngx.shared.keys;
    if (r.method === 'PUT') {
        const wanted = JSON.parse(r.requestText);
        // What other keys proved is proven no longer.
        ngx.shared.proven.clear();
        Object.keys(wanted).forEach(kid => held.set(kid, wanted[kid]));
        held.keys().forEach(kid => {
            if (!Object.prototype.hasOwnProperty.call(wanted, kid)) {
                held.delete(kid);
            }
        });
    } else if (r.method !== 'GET') {
        r.return(405);
        return;
    }
    const lines = held.keys().sort().map(kid => kid + '=' + held.get(kid) + '\n');
    r.return(200, crypto.createHash('sha256').update(lines.join('')).digest('hex'));
}

export default {verdict, keys};
