import { asc, eq, inArray } from 'drizzle-orm'
import type { Reader } from '../client.ts'
import {
	amendments,
	amendmentSignatures,
	suspensionEffects,
	suspensions,
	vettingCases,
	vettingEvidence,
} from '../schema/index.ts'

/** Vetting cases and suspensions of one person, and what they drafted and signed of the charter. */
export async function casesOf(reader: Reader, personId: string) {
	const cases = await reader
		.select({
			id: vettingCases.id,
			number: vettingCases.number,
			scheme: vettingCases.scheme,
			level: vettingCases.level,
			post: vettingCases.post,
			neededFrom: vettingCases.neededFrom,
			neededUntil: vettingCases.neededUntil,
			terms: vettingCases.terms,
			proposedTerms: vettingCases.proposedTerms,
			state: vettingCases.state,
			validUntil: vettingCases.validUntil,
			createdAt: vettingCases.createdAt,
		})
		.from(vettingCases)
		.where(eq(vettingCases.personId, personId))
		.orderBy(asc(vettingCases.createdAt))
	const papers = await reader
		.select({
			caseId: vettingEvidence.caseId,
			item: vettingEvidence.item,
			reference: vettingEvidence.reference,
			fileSha256: vettingEvidence.fileSha256,
			recordedAt: vettingEvidence.recordedAt,
		})
		.from(vettingEvidence)
		.innerJoin(vettingCases, eq(vettingCases.id, vettingEvidence.caseId))
		.where(eq(vettingCases.personId, personId))
		.orderBy(asc(vettingEvidence.recordedAt))
	const stops = await reader
		.select({
			id: suspensions.id,
			reason: suspensions.reason,
			at: suspensions.at,
			liftedAt: suspensions.liftedAt,
		})
		.from(suspensions)
		.where(eq(suspensions.personId, personId))
		.orderBy(asc(suspensions.at))
	const effects =
		stops.length === 0
			? []
			: await reader
					.select({
						suspensionId: suspensionEffects.suspensionId,
						effect: suspensionEffects.effect,
						targetId: suspensionEffects.targetId,
						confirmedAt: suspensionEffects.confirmedAt,
					})
					.from(suspensionEffects)
					.where(
						inArray(
							suspensionEffects.suspensionId,
							stops.map(({ id }) => id),
						),
					)
	return {
		vettingCases: cases.map((each) => ({
			...each,
			papers: papers.flatMap(({ caseId, ...paper }) => (caseId === each.id ? [paper] : [])),
		})),
		suspensions: stops.map((each) => ({
			...each,
			ended: effects.flatMap(({ suspensionId, ...effect }) => (suspensionId === each.id ? [effect] : [])),
		})),
		amendments: await reader
			.select({
				id: amendments.id,
				charterId: amendments.charterId,
				version: amendments.version,
				reason: amendments.reason,
				state: amendments.state,
				createdAt: amendments.createdAt,
			})
			.from(amendments)
			.where(eq(amendments.drafterId, personId))
			.orderBy(asc(amendments.createdAt)),
		amendmentSignatures: await reader
			.select({
				amendmentId: amendmentSignatures.amendmentId,
				verdict: amendmentSignatures.verdict,
				reason: amendmentSignatures.reason,
				at: amendmentSignatures.at,
			})
			.from(amendmentSignatures)
			.where(eq(amendmentSignatures.ownerId, personId))
			.orderBy(asc(amendmentSignatures.at)),
	}
}
