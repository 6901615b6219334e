/** First and last address. IPv4 lies where IPv6 maps it to (`::ffff:0:0/96`): the two ways of writing are one network. */
export type Range = { first: bigint; last: bigint }

const V4_MAPPED = 0xffffn << 32n

/** The addresses of a range in CIDR notation; null when the text is none. */
export function rangeOf(cidr: string): Range | null {
	const [, address = '', prefix = ''] = /^([0-9A-Fa-f:.]{2,45})\/(0|[1-9]\d{0,2})$/.exec(cidr) ?? []
	const isV6 = address.includes(':')
	const value = isV6 ? parseV6(address) : parseV4(address)
	const bits = BigInt(isV6 ? 128 : 32) - BigInt(prefix === '' ? 999 : prefix)
	if (value === null || bits < 0n) return null
	const size = 1n << bits
	const first = (value / size) * size + (isV6 ? 0n : V4_MAPPED)
	return { first, last: first + size - 1n }
}

/** True when the two CIDR ranges share an address; a text that is no range shares none. */
export function overlap(a: string, b: string): boolean {
	const [x, y] = [rangeOf(a), rangeOf(b)]
	return x !== null && y !== null && x.first <= y.last && y.first <= x.last
}

/** Whether an address lies in a CIDR range; what is no address lies in none. */
export function isWithin(address: string, cidr: string): boolean {
	const [one, range] = [rangeOf(`${address}/${address.includes(':') ? 128 : 32}`), rangeOf(cidr)]
	return one !== null && range !== null && range.first <= one.first && one.last <= range.last
}

/** No leading zeros: some read those as octal. */
const OCTET = /^(?:0|[1-9]\d{0,2})$/

function parseV4(text: string): bigint | null {
	const octets = text.split('.')
	if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) < 256)) return null
	return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)
}

function parseV6(text: string): bigint | null {
	const [head = '', tail, ...more] = text.split('::')
	if (more.length > 0) return null
	const [left, right] = [groupsOf(head, tail === undefined), groupsOf(tail ?? '', true)]
	if (left === null || right === null) return null
	const missing = 8 - left.length - right.length
	if (tail === undefined ? missing !== 0 : missing < 1) return null
	return [...left, ...Array<bigint>(missing).fill(0n), ...right].reduce(
		(sum, group) => sum * 65_536n + group,
		0n,
	)
}

/** Groups of sixteen bits; the last two may be written as an IPv4 address where the text ends. */
function groupsOf(text: string, isEnd: boolean): bigint[] | null {
	if (text === '') return []
	const parts = text.split(':')
	const groups: bigint[] = []
	for (const [i, part] of parts.entries()) {
		const v4 = isEnd && i === parts.length - 1 && part.includes('.') ? parseV4(part) : null
		if (v4 !== null) groups.push(v4 >> 16n, v4 & 0xffffn)
		else if (/^[0-9A-Fa-f]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`))
		else return null
	}
	return groups
}
