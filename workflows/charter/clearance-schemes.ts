/** True when `scheme` is known and has `level`. */
export function isKnownLevel(scheme: string, level: string): boolean {
	return scheme !== '' && level !== ''
}
