import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { Link, useActionData, useLoaderData } from '@remix-run/react'
import { ReadinessLines } from '#app/components/readiness-lines.tsx'
import { ReadinessMake } from '#app/components/readiness-make.tsx'
import { ReadinessPrintFoot } from '#app/components/readiness-print-foot.tsx'
import { ReadinessReading } from '#app/components/readiness-reading.tsx'
import { ReadinessPlan } from '#app/components/readiness-plan.tsx'
import {
	ReadinessComparison,
	ReadinessProblems,
	ReadinessScores,
} from '#app/components/readiness-summary.tsx'
import { percent } from '#app/components/readiness-words.ts'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { useLive } from '#app/utils/use-live.ts'
import { titled } from '#app/utils/page-title.ts'
import {
	MOST_UPLOADED,
	filesForm,
	readinessQueryOf,
	sizeOf,
	taskForm,
	uploadedFiles,
} from '#app/utils/readiness-query.server.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'readiness:read')
	const view = await handled(() =>
		args.context.services.readiness.show(actor, readinessQueryOf(args.request)),
	)
	return { ...view, url: args.request.url }
}

type Answer = {
	errors: Record<string, string>
	sent: Record<string, string>
}
const answer = (more: Partial<Answer>, status: number) =>
	data<Answer>({ errors: {}, sent: {}, ...more }, { status })

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'readiness:manage')
	const { readiness } = args.context.services
	// Said before it is read: a form is only a little larger than its files.
	if (Number(args.request.headers.get('content-length') ?? 0) > MOST_UPLOADED)
		return answer({ errors: { files: 'readiness.tooMuch' } }, 422)
	const form = await args.request.formData()
	switch (form.get('intent')) {
		case 'tenant': {
			const done = await attempted(() => readiness.askForReading(actor))
			return done.ok
				? redirect('/readiness')
				: answer({ errors: { form: `errors.${done.refusal.code}` } }, done.status)
		}
		case 'files': {
			const files = await uploadedFiles(form)
			const read = parseForm(form, filesForm)
			const { sent } = read
			const wrong = {
				...(files.length === 0 ? { files: 'readiness.filesNeeded' } : {}),
				...(sizeOf(files) > MOST_UPLOADED ? { files: 'readiness.tooMuch' } : {}),
				...(read.ok ? {} : read.errors),
			}
			if (!read.ok || Object.keys(wrong).length > 0) return answer({ errors: wrong, sent }, 422)
			const { readAt } = read.value
			const done = await attempted(() => readiness.fromFiles(actor, { files, readAt }))
			if (done.ok) return redirect('/readiness')
			const { code } = done.refusal
			const field = code === 'EXPORTED_LATER' ? 'readAt' : 'form'
			return answer({ errors: { [field]: `errors.${code}` }, sent }, done.status)
		}
		case 'task': {
			const read = parseForm(form, taskForm)
			if (!read.ok) return answer({ errors: read.errors, sent: read.sent }, 422)
			const done = await attempted(() => readiness.changeTask(actor, read.value))
			if (done.ok) return redirect(`/readiness${new URL(args.request.url).search}#plan`)
			const { code, field, problem } = done.refusal
			return answer(
				{ errors: { [field ?? 'form']: `errors.${problem ?? code}` }, sent: read.sent },
				done.status,
			)
		}
		default:
			return answer({ errors: { form: 'errors.INVALID_INPUT' } }, 400)
	}
}

export const meta = titled('titles.readiness')

export default function ReadinessPage() {
	const { t, format } = useWords()
	const view = useLoaderData<typeof loader>()
	const told = useActionData<typeof action>()
	const { report, titles, comparison, mayManage, reports, readings } = view
	const openOf = (source: 'tenant' | 'files') =>
		readings.some((one) => one.source === source && (one.state === 'waiting' || one.state === 'reading'))
	const [isReading, isMaking] = [openOf('tenant'), openOf('files')]
	// The answer of a form stays on the page until it is used.
	useLive((isReading || isMaking) && told === undefined ? 1500 : null)
	const errors = Object.fromEntries(
		Object.entries(told?.errors ?? {}).map(([field, key]) => [field, t(key as TextKey)]),
	)
	return (
		<>
			<div className="head">
				<h1>
					{report === null
						? t('readiness.titleNone')
						: t('readiness.title', { score: percent(report.score) })}
				</h1>
				{report === null ? null : (
					<>
						<a className="button" href={`/readiness.csv?report=${report.head.number}`} download>
							{t('readiness.csv')}
						</a>
						<a className="button" href={`/readiness.html?report=${report.head.number}`} download>
							{t('readiness.whole')}
						</a>
						<a className="button" href={`/readiness.json?report=${report.head.number}`} download>
							{t('readiness.json')}
						</a>
					</>
				)}
			</div>
			{report === null ? (
				<p className="lede">{t('readiness.noneHint')}</p>
			) : (
				<p className="muted">
					{t('readiness.lead', {
						readAt: format.instant(report.readAt),
						charter: report.charter.title,
						version: report.charter.version,
					})}
				</p>
			)}
			{view.belonging === 'unknown' ? <p className="notice">{t('readiness.filesOfUnknown')}</p> : null}
			{view.belonging === 'other' ? <p className="notice">{t('readiness.filesOfAnother')}</p> : null}
			<AnotherReport said={t('readiness.readEarlier')} number={view.readLater} />
			<AnotherReport said={t('readiness.madeOfEarlier')} number={view.madeLast} />
			<ErrorSummary message={errors.form} />
			{readings.map((reading) => (
				<ReadinessReading key={reading.source} reading={reading} />
			))}
			{report === null ? null : (
				<>
					<ReadinessProblems problems={report.problems} titles={titles} />
					<ReadinessScores report={report} />
				</>
			)}
			{mayManage ? (
				<ReadinessMake
					errors={errors}
					sent={told?.sent ?? {}}
					isReading={isReading}
					isMaking={isMaking}
					isOpen={readings.some(({ source, state }) => source === 'files' && state === 'failed')}
				/>
			) : null}
			{report === null ? null : (
				<>
					{comparison === null ? null : <ReadinessComparison comparison={comparison} titles={titles} />}
					<ReadinessPlan view={view} errors={errors} sent={told?.sent ?? {}} />
					<ReadinessLines view={view} number={report.head.number} />
					<ReadinessPrintFoot report={report} number={report.head.number} url={view.url} />
					<section className="stack no-print">
						<h2 id="reports">{t('readiness.reports')}</h2>
						<ul>
							{reports.map(({ number, madeAt, maker, source, score }) => (
								<li key={number}>
									<Link
										to={`/readiness?report=${number}`}
										aria-current={number === report.head.number ? 'page' : undefined}
									>
										{t('readiness.report', { number })}
									</Link>{' '}
									{percent(score)},{' '}
									{t('readiness.reportMade', {
										at: format.instant(madeAt),
										name: maker,
										source: t(`readiness.source_${source}`),
									})}
								</li>
							))}
						</ul>
					</section>
				</>
			)}
		</>
	)
}

/** That there is a report which says more of now, or was made later than this one, and the way there. */
function AnotherReport({ said, number }: { said: string; number: number | null }) {
	const { t } = useWords()
	return number === null ? null : (
		<p className="notice">
			{said} <Link to={`/readiness?report=${number}`}>{t('readiness.report', { number })}</Link>
		</p>
	)
}
