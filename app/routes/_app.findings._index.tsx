import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData, useSearchParams } from '@remix-run/react'
import { z } from 'zod'
import { FindingSignPanel, HeldRemovals } from '#app/components/finding-acts.tsx'
import { FindingTable } from '#app/components/finding-table.tsx'
import { GroupChangesState } from '#app/components/group-changes-state.tsx'
import { NotificationsState } from '#app/components/notifications-state.tsx'
import { LastLook, LookNow, RemovalFigures } from '#app/components/findings-state.tsx'
import { WatchedAccounts } from '#app/components/watched-accounts.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { type TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { PreparedFinding } from '#app/services/findings/decide-finding.server.ts'
import { readAssertionForm } from '#app/utils/ceremony-form.server.ts'
import { joined, parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled, queryOf, type Refusal } from '#app/utils/http.server.ts'
import { titled } from '#app/utils/page-title.ts'
import { useLive } from '#app/utils/use-live.ts'
import { FINDING_KINDS } from '#workflows/charter/entra.schema.ts'

const ids = z
	.string('errors.findingsChoose')
	.max(2000)
	.transform((text) => text.split(',').filter((id) => id !== ''))
	.pipe(z.array(z.uuid()).min(1, 'errors.findingsChoose'))
const releaseSchema = z.object({
	step: z.enum(['ask_release', 'release']),
	ids,
	reason: z.string().trim().max(500, 'errors.reasonLong').default(''),
})
const kindSchema = z.enum(FINDING_KINDS)

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'finding:read')
	const query = queryOf(args.request)
	const before = Number(query('before'))
	const kind = kindSchema.safeParse(query('kind'))
	return handled(async () => ({
		list: await args.context.services.findings.list(actor, {
			...(kind.success ? { kind: kind.data } : {}),
			mine: query('mine') !== undefined,
			...(Number.isSafeInteger(before) && before > 0 ? { before } : {}),
		}),
	}))
}

const NO_TEXT: Record<string, string> = {}
const nothing = {
	prepared: null as PreparedFinding | null,
	refusal: null as Refusal | null,
	errors: NO_TEXT,
	sent: NO_TEXT,
}

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'finding:decide')
	const { findings } = args.context.services
	const form = joined(await args.request.formData(), 'ids')
	if (form.get('intent') === 'look') {
		const asked = await attempted(() => findings.lookNow(actor))
		return asked.ok
			? redirect('/findings')
			: data({ ...nothing, refusal: asked.refusal }, { status: asked.status })
	}
	const read = parseForm(form, releaseSchema)
	const { sent } = read
	if (!read.ok) return data({ ...nothing, errors: read.errors, sent }, { status: 422 })
	const { ids: findingIds, ...asked } = read.value
	if (form.get('intent') === 'sign') {
		const done = await attempted(async () =>
			findings.sign(actor, { findingIds, step: asked.step, ...readAssertionForm(form) }),
		)
		return done.ok
			? redirect('/findings?signed')
			: data({ ...nothing, refusal: done.refusal, sent }, { status: done.status })
	}
	const made = await attempted(() => findings.prepare(actor, { findingIds, days: null, ...asked }))
	if (made.ok) return data({ ...nothing, prepared: made.value, sent })
	return made.refusal.code === 'FINDING_REASON'
		? data({ ...nothing, errors: { reason: 'errors.FINDING_REASON' }, sent }, { status: made.status })
		: data({ ...nothing, refusal: made.refusal, sent }, { status: made.status })
}

export const meta = titled('titles.findings')

export default function FindingsPage() {
	const { t } = useWords()
	const { list } = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	const [search] = useSearchParams()
	useLive(answer === undefined ? 5000 : null)
	const { prepared = null, refusal = null, sent = NO_TEXT } = answer ?? {}
	const errors = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([id, key]) => [id, t(key as TextKey)]),
	)
	const { open, openCount } = list
	const headline =
		openCount > 0
			? t('findings.head', { count: openCount })
			: list.run === null || list.run.trouble !== null
				? t('findings.headUnknown')
				: t('findings.headNone')
	const kind = search.get('kind')
	const isFiltered = kind !== null || search.has('mine')
	const held = list.open.filter(({ state }) => state === 'held')
	return (
		<>
			<div className="head">
				<h1>{headline}</h1>
			</div>
			<p className="muted">{t('findings.lead')}</p>
			<ErrorSummary
				errors={errors}
				message={refusal ? t(`errors.${refusal.code}`, refusal.numbers) : undefined}
			/>
			{search.has('signed') && !answer ? <p className="notice notice-good">{t('findings.signed')}</p> : null}
			<LastLook run={list.run} lastEverything={list.lastEverything} elsewhere={list.elsewhere} />
			<LookNow askedAt={list.lookAskedAt} mayAsk={list.mayDecide} />
			<NotificationsState {...list.notifications} />
			<GroupChangesState {...list.groupChanges} />
			<div className="stack">
				<div className="stack">
					{prepared ? (
						<FindingSignPanel findings={list.dryRun} reason={sent.reason ?? ''} prepared={prepared} />
					) : held.length > 0 ? (
						<HeldRemovals
							findings={held}
							people={list.heldPeople}
							toAsk={list.heldToAsk}
							toRelease={list.heldToRelease}
							errors={errors}
							sent={sent}
							chosen={(sent.ids ?? '').split(',').filter((id) => id !== '')}
						/>
					) : null}
					<section className="stack">
						<h2>{t('findings.openHead')}</h2>
						<Filters
							kinds={list.reactions.map((each) => each.kind)}
							current={kind}
							isMine={search.has('mine')}
						/>
						<FindingTable
							caption={t('findings.openHead')}
							empty={t(isFiltered ? 'findings.noneFiltered' : 'findings.none')}
							findings={open}
						/>
					</section>
					<details className="card">
						<summary>{t('findings.dryRun', { count: list.dryRun.length })}</summary>
						<p className="muted">
							{list.dryRun.length === 0 ? null : t('findings.concerned', { count: list.dryRunPeople })}{' '}
							{t('findings.dryRunLead')}
						</p>
						<FindingTable
							caption={t('findings.dryRunCaption')}
							empty={t('findings.dryRunNone')}
							findings={list.dryRun}
						/>
					</details>
					<section className="stack">
						<h2>{t('findings.closedHead')}</h2>
						<FindingTable
							caption={t('findings.closedHead')}
							empty={t('findings.closedNone')}
							findings={list.closed}
							isOver
						/>
						{list.next === null ? null : (
							<p>
								<Link to={`?before=${list.next}`}>{t('findings.more')}</Link>
							</p>
						)}
					</section>
				</div>
				<div className="columns">
					<WatchedAccounts watched={list.watched} />
					<aside>
						<RemovalFigures times={list.times} guard={list.guard} reactions={list.reactions} />
					</aside>
				</div>
			</div>
		</>
	)
}

/** A filter is a link that one can send. */
function Filters({
	kinds,
	current,
	isMine,
}: {
	kinds: readonly (typeof FINDING_KINDS)[number][]
	current: string | null
	isMine: boolean
}) {
	const { t } = useWords()
	const link = (to: string, text: string, isCurrent: boolean) => (
		<Link key={to} to={to} aria-current={isCurrent ? 'page' : undefined}>
			{text}
		</Link>
	)
	return (
		<nav className="tabs" aria-label={t('findings.filter')}>
			{link('/findings', t('findings.all'), current === null && !isMine)}
			{link('/findings?mine', t('findings.mine'), isMine)}
			{kinds.map((kind) => link(`/findings?kind=${kind}`, t(`findings.short_${kind}`), current === kind))}
		</nav>
	)
}
