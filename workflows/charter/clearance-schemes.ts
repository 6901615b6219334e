/** How a level compares with the common ladder of markings; only for display and for refusing, never for permitting. */
export const MARKINGS = ['unclassified', 'restricted', 'confidential', 'secret', 'top-secret'] as const
export type Marking = (typeof MARKINGS)[number]

type Level = {
	id: string
	name: string
	/** Orders levels inside one scheme; null for a level that stands beside the ladder and equals only itself. */
	rank: number | null
	/** The highest marking the level is meant for. */
	marking: Marking
	/** False where no clearance is granted, only a briefing. */
	formal: boolean
	/** What a form may propose as validity; never what ends a clearance. */
	proposedValidityMonths: number | null
}
type Scheme = {
	name: string
	/** States whose authorities the scheme belongs to; empty for those of an organisation. */
	state: string | null
	levels: readonly Level[]
}

const level = (
	id: string,
	name: string,
	rank: number | null,
	marking: Marking,
	proposedValidityMonths: number | null = null,
): Level => ({ id, name, rank, marking, formal: true, proposedValidityMonths })
const briefing = (id: string, name: string): Level => ({
	id,
	name,
	rank: 1,
	marking: 'restricted',
	formal: false,
	proposedValidityMonths: null,
})

/**
 * Clearance schemes and their ladders, lowest level first. Names that look alike across nations are not equal
 * (Spain's Secreto is top secret, Romania's Secret is confidential, the Dutch A and the Swedish class 1 are the
 * highest): nothing here permits across two schemes, only an agreement that a charter names does.
 */
export const CLEARANCE_SCHEMES: Readonly<Record<string, Scheme>> = {
	AU: {
		name: 'Australia',
		state: 'AU',
		levels: [
			level('BV', 'Baseline', 1, 'restricted', 180),
			level('NV1', 'Negative Vetting 1', 2, 'secret', 120),
			level('NV2', 'Negative Vetting 2', 3, 'top-secret', 84),
			level('PV', 'Positive Vetting', 4, 'top-secret', 84),
			level('TSPA', 'TOP SECRET-Privileged Access', 5, 'top-secret'),
		],
	},
	CA: {
		name: 'Canada',
		state: 'CA',
		levels: [
			level('RS', 'Reliability Status', 1, 'restricted', 120),
			level('ERS', 'Enhanced Reliability Status', 2, 'restricted', 120),
			level('S', 'Secret', 3, 'secret', 120),
			level('ES', 'Enhanced Secret', 4, 'secret', 120),
			level('TS', 'Top Secret', 5, 'top-secret', 60),
			level('ETS', 'Enhanced Top Secret', 6, 'top-secret', 60),
		],
	},
	DE: {
		name: 'Germany',
		state: 'DE',
		levels: [
			briefing('VSNFD', 'VS-NfD'),
			level('U1', 'Ü1', 2, 'confidential'),
			level('U2', 'Ü2', 3, 'secret'),
			level('U3', 'Ü3', 4, 'top-secret'),
		],
	},
	EU: {
		name: 'European Union',
		state: null,
		levels: [
			briefing('R', 'RESTREINT UE/EU RESTRICTED'),
			level('C', 'CONFIDENTIEL UE/EU CONFIDENTIAL', 2, 'confidential', 120),
			level('S', 'SECRET UE/EU SECRET', 3, 'secret', 120),
			level('TS', 'TRÈS SECRET UE/EU TOP SECRET', 4, 'top-secret', 60),
		],
	},
	ES: {
		name: 'Spain',
		state: 'ES',
		levels: [
			briefing('DL', 'Difusión Limitada'),
			level('C', 'HPS Confidencial', 2, 'confidential'),
			level('R', 'HPS Reservado', 3, 'secret'),
			level('S', 'HPS Secreto', 4, 'top-secret'),
		],
	},
	FI: {
		name: 'Finland',
		state: 'FI',
		levels: [
			level('SUP', 'Suppea', 1, 'restricted'),
			level('PER', 'Perusmuotoinen', 2, 'secret'),
			level('LAA', 'Laaja', 3, 'top-secret'),
		],
	},
	FR: {
		name: 'France',
		state: 'FR',
		levels: [
			briefing('DR', 'Diffusion Restreinte'),
			level('S', 'Secret', 3, 'secret', 84),
			level('TS', 'Très Secret', 4, 'top-secret', 60),
		],
	},
	IT: {
		name: 'Italy',
		state: 'IT',
		levels: [
			briefing('R', 'Riservato'),
			level('RR', 'NOS Riservatissimo', 2, 'confidential'),
			level('S', 'NOS Segreto', 3, 'secret'),
			level('SS', 'NOS Segretissimo', 4, 'top-secret'),
		],
	},
	JP: {
		name: 'Japan',
		state: 'JP',
		levels: [
			level('KEI', 'Important Economic Security Information', 2, 'confidential', 120),
			level('SDS', 'Specially Designated Secrets', 4, 'top-secret', 60),
		],
	},
	NATO: {
		name: 'NATO',
		state: null,
		levels: [
			briefing('NR', 'NATO RESTRICTED'),
			level('NC', 'NATO CONFIDENTIAL', 2, 'confidential', 120),
			level('NS', 'NATO SECRET', 3, 'secret', 120),
			level('CTS', 'COSMIC TOP SECRET', 4, 'top-secret', 60),
		],
	},
	NL: {
		name: 'Netherlands',
		state: 'NL',
		levels: [
			briefing('DEPV', 'Departementaal Vertrouwelijk'),
			level('C', 'VGB C', 2, 'confidential'),
			level('B', 'VGB B', 3, 'secret'),
			level('A', 'VGB A', 4, 'top-secret'),
		],
	},
	NO: {
		name: 'Norway',
		state: 'NO',
		levels: [
			briefing('B', 'BEGRENSET'),
			level('K', 'KONFIDENSIELT', 2, 'confidential', 60),
			level('H', 'HEMMELIG', 3, 'secret', 60),
			level('SH', 'STRENGT HEMMELIG', 4, 'top-secret', 60),
			level('AK', 'Adgangsklarering', null, 'unclassified'),
			level('UAK', 'Utvidet adgangsklarering', null, 'unclassified'),
		],
	},
	NZ: {
		name: 'New Zealand',
		state: 'NZ',
		levels: [
			level('C', 'CONFIDENTIAL', 2, 'confidential'),
			level('S', 'SECRET', 3, 'secret'),
			level('TS', 'TOP SECRET', 4, 'top-secret'),
			level('TSS', 'TOP SECRET SPECIAL', 5, 'top-secret'),
		],
	},
	PL: {
		name: 'Poland',
		state: 'PL',
		levels: [
			briefing('ZAS', 'Zastrzeżone'),
			level('POU', 'Poufne', 2, 'confidential', 120),
			level('TAJ', 'Tajne', 3, 'secret', 84),
			level('SCI', 'Ściśle tajne', 4, 'top-secret', 60),
		],
	},
	RO: {
		name: 'Romania',
		state: 'RO',
		levels: [
			level('SSV', 'Secret de serviciu', 1, 'restricted'),
			level('SEC', 'Secret', 2, 'confidential'),
			level('SS', 'Strict secret', 3, 'secret'),
			level('SSID', 'Strict secret de importanță deosebită', 4, 'top-secret'),
		],
	},
	SE: {
		name: 'Sweden',
		state: 'SE',
		levels: [
			level('SK3', 'Säkerhetsklass 3', 2, 'confidential'),
			level('SK2', 'Säkerhetsklass 2', 3, 'secret'),
			level('SK1', 'Säkerhetsklass 1', 4, 'top-secret'),
		],
	},
	UK: {
		name: 'United Kingdom',
		state: 'GB',
		levels: [
			briefing('BPSS', 'BPSS'),
			level('CTC', 'CTC', 2, 'restricted', 120),
			level('SC', 'SC', 3, 'secret', 120),
			level('ESC', 'eSC', 4, 'secret'),
			level('DV', 'DV', 5, 'top-secret', 84),
			level('EDV', 'eDV', 6, 'top-secret'),
			level('AC', 'Accreditation Check (aviation)', null, 'unclassified', 60),
		],
	},
	US: {
		name: 'United States',
		state: 'US',
		levels: [
			level('C', 'CONFIDENTIAL', 2, 'confidential'),
			level('S', 'SECRET', 3, 'secret'),
			level('TS', 'TOP SECRET', 4, 'top-secret'),
			level('TSSCI', 'TOP SECRET with SCI access', 5, 'top-secret'),
		],
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
	if (have === null || need === null) return false
	return have === need || (have.rank !== null && need.rank !== null && have.rank >= need.rank)
}

/** The level and all that lie above it on its ladder, by id; empty for an unknown one. */
export function levelsFrom(scheme: string, required: string): string[] {
	const ladder = Object.hasOwn(CLEARANCE_SCHEMES, scheme) ? CLEARANCE_SCHEMES[scheme] : undefined
	return (ladder?.levels ?? []).filter(({ id }) => levelAtLeast(scheme, id, required)).map(({ id }) => id)
}

/** True when the level is meant for this marking or a higher one. Refuses only; see `CLEARANCE_SCHEMES`. */
export function reachesMarking(scheme: string, id: string, marking: Marking): boolean {
	const found = findLevel(scheme, id)
	return found !== null && MARKINGS.indexOf(found.marking) >= MARKINGS.indexOf(marking)
}
