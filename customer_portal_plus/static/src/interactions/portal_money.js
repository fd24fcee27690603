/**
 * Amounts as people type them, read just as the server does: see tools/parsing.py, whose cases a
 * test puts to both.
 */

const AROUND = /[\s€$£']|^[A-Z]{3}|[A-Z]{3}$/g;

/** Return the ways in which a text can be read: digits, decimals and the decimal mark. */
function readAmount(text) {
    const digits = text.length > 40 ? "" : text.trim().replace(AROUND, "");
    const ways = [];
    for (const [mark, grouping] of [["", "."], ["", ","], [".", ","], [",", "."]]) {
        const at = mark ? digits.indexOf(mark) : -1;
        if (mark && at < 0) {
            continue;
        }
        const whole = mark ? digits.slice(0, at) : digits;
        const decimals = mark ? digits.slice(at + 1) : "";
        const groups = new RegExp(`^(\\d{1,15}|[1-9]\\d{0,2}(\\${grouping}\\d{3})+)$`);
        if (groups.test(whole) && /^\d{0,6}$/.test(decimals)) {
            const plain = whole.replaceAll(grouping, "");
            if (!ways.some((way) => way.plain === plain && way.mark === mark)) {
                ways.push({ plain, decimals, mark });
            }
        }
    }
    return ways;
}

/**
 * Return the amount that somebody typed; null if it is none.
 *
 * @param {string} text
 * @param {number} decimals of the currency
 * @param {string} decimalPoint of the reader's language
 */
export function parseMoney(text, decimals, decimalPoint) {
    let ways = readAmount(text);
    if (ways.length > 1) {
        const isDecimal = decimals >= 3 && ways.some((way) => way.mark === decimalPoint);
        const fitting = ways.filter((way) => Boolean(way.mark) === isDecimal);
        ways = fitting.length ? fitting : ways;
    }
    return ways.length ? parseFloat(`${ways[0].plain}.${ways[0].decimals || 0}`) : null;
}
