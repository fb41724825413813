// How a box reads from S3: it signs its own questions (AWS Signature Version 4, in the query) with a key that may only read.
// What lies where is decided in decisions/0013. `s3` is s3.json, laid beside this file before each start.
import crypto from 'crypto';

// What a viewer is told of S3's answer. The rest says who S3 is and which question it was.
const KEPT = ['content-length', 'accept-ranges', 'last-modified', 'etag'];

// The path and query of a GET of $s3_key. A film's names need no escaping: nginx lets no other through.
function signed(r) {
    const at = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const day = at.slice(0, 8);
    const scope = day + '/' + s3.region + '/s3/aws4_request';
    const path = s3.place + r.variables.s3_key;
    // Good for a quarter of an hour, so that a clock may be slow by that much.
    const query = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=' + encodeURIComponent(s3.access + '/' + scope) +
        '&X-Amz-Date=' + at + '&X-Amz-Expires=900&X-Amz-SignedHeaders=host';
    const asked = ['GET', path, query, 'host:' + s3.host, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
    const digest = crypto.createHash('sha256').update(asked).digest('hex');
    const key = [day, s3.region, 's3', 'aws4_request'].reduce(mac, 'AWS4' + s3.secret);
    const signature = mac(key, ['AWS4-HMAC-SHA256', at, scope, digest].join('\n')).toString('hex');
    return path + '?' + query + '&X-Amz-Signature=' + signature;
}

function mac(key, text) {
    return crypto.createHmac('sha256', key).update(text).digest();
}

// First which attempt is the unit, then the file in it. Without an attempt that is whole there is no unit.
async function give(r) {
    // What lies there under hidden names is the store's own.
    if (r.uri.includes('/.')) {
        r.return(404);
        return;
    }
    const unit = r.uri.split('/', 3).join('/');
    const whole = await r.subrequest('/whole' + unit + '/.whole');
    if (whole.status !== 200) {
        r.variables.s3_answer = whole.status;
        r.return([404, 504].includes(whole.status) ? whole.status : 502);
    } else if (!/^[0-9a-f]{32}$/.test(whole.responseText)) {
        r.variables.s3_answer = 'something else';
        r.return(502);
    } else {
        r.internalRedirect('/object' + unit + '/' + whole.responseText + r.uri.slice(unit.length));
    }
}

function plain(r) {
    Object.keys(r.headersOut).forEach(name => {
        if (!KEPT.includes(name.toLowerCase())) {
            delete r.headersOut[name];
        }
    });
    r.headersOut['Content-Type'] = r.variables.film_type;
}

// What to write down when S3 did not give what it was asked for: one line in ten seconds, which names no film and no key.
function trouble(r) {
    const answer = String(r.variables.s3_answer || (r.variables.upstream_status || '').split(/[ ,:]+/).pop());
    if (['', '-', '200', '404'].includes(answer)) {
        return '';
    }
    const said = ['401', '403'].includes(answer) ?
        'refused this box\'s key: see what the key in reader_keys may do, and whether this machine\'s clock is right' :
        ['502', '504'].includes(answer) ? 'does not answer: see whether it runs' : 'answered ' + answer;
    return ngx.shared.told.add(answer, '1') ? 'S3 ' + said : '';
}

export default {signed, give, plain, trouble};
