/** An address range as first and last address; the family keeps IPv4 and IPv6 apart. */
type Range = { family: 4 | 6; first: bigint; last: bigint }

/** True when the two CIDR ranges share an address. Both must be valid CIDR notation. */
export function overlap(a: string, b: string): boolean {
	const [x, y] = [rangeOf(a), rangeOf(b)]
	return x.family === y.family && x.first <= y.last && y.first <= x.last
}

function rangeOf(cidr: string): Range {
	const [address = '', prefix = ''] = cidr.split('/')
	const family = address.includes(':') ? 6 : 4
	const bits = family === 6 ? 128n : 32n
	const size = 1n << (bits - BigInt(prefix))
	const value = family === 6 ? parseV6(address) : parseV4(address)
	const first = (value / size) * size
	return { family, first, last: first + size - 1n }
}

const parseV4 = (text: string) => text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)

function parseV6(text: string): bigint {
	const [head = '', tail] = text.split('::')
	const groups = (part: string) => (part === '' ? [] : part.split(':'))
	const left = groups(head)
	const right = tail === undefined ? [] : groups(tail)
	const zeros = Array<string>(8 - left.length - right.length).fill('0')
	return [...left, ...zeros, ...right].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}
