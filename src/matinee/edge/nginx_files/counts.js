// How much a box has given since it was started: sums only, in which no viewer and no film can be found again.

const NAMES = ['requests', 'bytes', 'hits', 'misses', 'refused'];

// Adds up a request that is over. Always empty: nginx asks whether to log it, and it must not.
function counted(r) {
    const sums = ngx.shared.counts;
    const v = r.variables;
    sums.incr('requests', 1, 0);
    sums.incr('bytes', Number(v.bytes_sent), 0);
    const kept = v.upstream_cache_status;
    if (kept) {
        sums.incr(kept === 'HIT' ? 'hits' : 'misses', 1, 0);
    } else if (v.status === '403' || v.status === '410') {
        sums.incr('refused', 1, 0);
    }
    return '';
}

function sums(r) {
    const told = {};
    NAMES.forEach(name => { told[name] = ngx.shared.counts.get(name) || 0; });
    r.return(200, JSON.stringify(told));
}

export default {counted, sums};
