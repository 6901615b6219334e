import type { z } from 'zod'
import { readNumberCursor } from './cursor.server.ts'
import type { findingsQueryShape } from './finding-shapes.server.ts'
import { findingOf, findingSummaryOf } from './represent-finding.server.ts'
import { page, type Answer, type Call } from './run-operations.server.ts'

export async function listFindings({ services, program: { actor }, query }: Call): Promise<Answer> {
	const asked = query as z.infer<typeof findingsQueryShape>
	const { state, kind, number, limit, cursor } = asked
	const { findings, next } = await services.findings.page(actor, {
		limit,
		...(state === undefined ? {} : { state }),
		...(kind === undefined ? {} : { kind }),
		...(number === undefined ? {} : { number }),
		...(cursor === undefined ? {} : { before: readNumberCursor(cursor) }),
	})
	return page(
		'/findings',
		asked,
		{ findings: findings.map(findingSummaryOf) },
		next === null ? null : String(next),
	)
}

export async function showFinding({ services, program: { actor }, id }: Call): Promise<Answer> {
	return { status: 200, body: findingOf(await services.findings.show(actor, id)) }
}
