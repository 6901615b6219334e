type Level = {
	id: string
	name: string
	rank: number
	formal: boolean
	proposedValidityMonths: number | null
}
type Scheme = { name: string; levels: readonly Level[] }

/** `rank` orders levels inside one scheme only; `formal` is false where no clearance is granted, only a briefing. */
const level = (
	id: string,
	name: string,
	rank: number,
	proposedValidityMonths: number | null = null,
	formal = true,
): Level => ({
	id,
	name,
	rank,
	formal,
	proposedValidityMonths,
})
const briefing = (id: string, name: string) => level(id, name, 1, null, false)

/**
 * Clearance schemes and their ladders, lowest level first. Names that look alike across nations are not equal
 * (Spain's Secreto is top secret, the Dutch A is the highest): nothing here compares two schemes.
 */
export const CLEARANCE_SCHEMES: Readonly<Record<string, Scheme>> = {
	DE: {
		name: 'Germany',
		levels: [briefing('VSNFD', 'VS-NfD'), level('U1', 'Ü1', 2), level('U2', 'Ü2', 3), level('U3', 'Ü3', 4)],
	},
	EU: {
		name: 'European Union',
		levels: [
			briefing('R', 'RESTREINT UE/EU RESTRICTED'),
			level('C', 'CONFIDENTIEL UE/EU CONFIDENTIAL', 2, 120),
			level('S', 'SECRET UE/EU SECRET', 3, 120),
			level('TS', 'TRÈS SECRET UE/EU TOP SECRET', 4, 60),
		],
	},
	NATO: {
		name: 'NATO',
		levels: [
			briefing('NR', 'NATO RESTRICTED'),
			level('NC', 'NATO CONFIDENTIAL', 2, 120),
			level('NS', 'NATO SECRET', 3, 120),
			level('CTS', 'COSMIC TOP SECRET', 4, 60),
		],
	},
	ES: {
		name: 'Spain',
		levels: [
			briefing('DL', 'Difusión Limitada'),
			level('C', 'HPS Confidencial', 2),
			level('R', 'HPS Reservado', 3),
			level('S', 'HPS Secreto', 4),
		],
	},
	FR: {
		name: 'France',
		levels: [
			briefing('DR', 'Diffusion Restreinte'),
			level('S', 'Secret', 3, 84),
			level('TS', 'Très Secret', 4, 60),
		],
	},
	IT: {
		name: 'Italy',
		levels: [
			briefing('R', 'Riservato'),
			level('RR', 'NOS Riservatissimo', 2),
			level('S', 'NOS Segreto', 3),
			level('SS', 'NOS Segretissimo', 4),
		],
	},
	NL: {
		name: 'Netherlands',
		levels: [
			briefing('DEPV', 'Departementaal Vertrouwelijk'),
			level('C', 'VGB C', 2),
			level('B', 'VGB B', 3),
			level('A', 'VGB A', 4),
		],
	},
	PL: {
		name: 'Poland',
		levels: [
			briefing('ZAS', 'Zastrzeżone'),
			level('POU', 'Poufne', 2, 120),
			level('TAJ', 'Tajne', 3, 84),
			level('SCI', 'Ściśle tajne', 4, 60),
		],
	},
	UK: {
		name: 'United Kingdom',
		levels: [
			briefing('BPSS', 'BPSS'),
			level('CTC', 'CTC', 2, 120),
			level('SC', 'SC', 3, 120),
			level('ESC', 'eSC', 4),
			level('DV', 'DV', 5, 84),
			level('EDV', 'eDV', 6),
		],
	},
	US: {
		name: 'United States',
		levels: [level('C', 'CONFIDENTIAL', 2), level('S', 'SECRET', 3), level('TS', 'TOP SECRET', 4)],
	},
}

/** The level of that scheme; null when either is unknown. */
export function findLevel(scheme: string, id: string): Level | null {
	return (
		(Object.hasOwn(CLEARANCE_SCHEMES, scheme) ? CLEARANCE_SCHEMES[scheme] : undefined)?.levels.find(
			(l) => l.id === id,
		) ?? null
	)
}

/** True when `scheme` is known and has `level`. */
export function isKnownLevel(scheme: string, id: string): boolean {
	return findLevel(scheme, id) !== null
}

/** True when `held` is at least `required` on the ladder of this one scheme. Unknown levels are never enough. */
export function levelAtLeast(scheme: string, held: string, required: string): boolean {
	const [have, need] = [findLevel(scheme, held), findLevel(scheme, required)]
	return have !== null && need !== null && have.rank >= need.rank
}
