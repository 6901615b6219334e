import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { FacilityView, FeedView } from '#app/services/presence/show-facilities.server.ts'
import type { FeedProblem } from '#workflows/facilities/badge-feed.schema.ts'
import { Button, Field, type FormErrors } from './ui/form.tsx'

type Answer = {
	sent: Readonly<Record<string, string>>
	taken: { stored: number; duplicates: number; unknownBadges: number } | null
	problems: readonly FeedProblem[]
	problemCount: number
	unreadable: string | null
}

/** Connects a badge system, changes its key, stops it, and takes events from a file in its name. */
export function FeedForms({
	facilities,
	feeds,
	answer,
	errors,
}: {
	facilities: readonly FacilityView[]
	feeds: readonly FeedView[]
	answer: Answer
	errors: FormErrors
}) {
	return (
		<>
			{feeds.map((feed) => (
				<ManageFeed key={feed.id} feed={feed} />
			))}
			<ConnectForm facilities={facilities} sent={answer.sent} errors={errors} />
			{feeds.length > 0 ? <UploadForm feeds={feeds} answer={answer} errors={errors} /> : null}
		</>
	)
}

function ManageFeed({ feed: { id, name } }: { feed: FeedView }) {
	const { t } = useWords()
	return (
		<details className="card">
			<summary>{t('facilities.manage', { name })}</summary>
			<div className="stack">
				<Form method="post" className="stack">
					<input type="hidden" name="intent" value="key" />
					<input type="hidden" name="feedId" value={id} />
					<fieldset className="stack">
						<legend>
							{t('facilities.newKey')}: {t('facilities.overlap')}
						</legend>
						<label className="choice">
							<input type="radio" name="overlap" value="day" defaultChecked /> {t('facilities.overlap_day')}
						</label>
						<label className="choice">
							<input type="radio" name="overlap" value="none" /> {t('facilities.overlap_none')}
						</label>
					</fieldset>
					<div>
						<Button look="plain">{t('facilities.changeKey')}</Button>
					</div>
				</Form>
				<Form method="post">
					<input type="hidden" name="intent" value="stop" />
					<input type="hidden" name="feedId" value={id} />
					<Button look="danger">{t('facilities.stop')}</Button>
				</Form>
			</div>
		</details>
	)
}

function ConnectForm({
	facilities,
	sent,
	errors,
}: {
	facilities: readonly FacilityView[]
	sent: Answer['sent']
	errors: FormErrors
}) {
	const { t } = useWords()
	return (
		<Form method="post" className="card stack">
			<h3>{t('facilities.connect')}</h3>
			<p className="hint">{t('facilities.connectHint')}</p>
			<input type="hidden" name="intent" value="create" />
			<Field id="name" label={t('facilities.name')} hint={t('facilities.nameHint')} error={errors.name}>
				{(aria) => <input {...aria} className="input" defaultValue={sent.name} maxLength={80} required />}
			</Field>
			<fieldset className="stack" id="facilities">
				<legend>{t('facilities.choose')}</legend>
				{errors.facilities ? <p className="error">{errors.facilities}</p> : null}
				{facilities.map(({ key, title }) => (
					<label className="choice" key={key}>
						<input type="checkbox" name="facilities" value={key} /> {title}
					</label>
				))}
			</fieldset>
			<div>
				<Button>{t('facilities.create')}</Button>
			</div>
		</Form>
	)
}

function UploadForm({
	feeds,
	answer,
	errors,
}: {
	feeds: readonly FeedView[]
	answer: Answer
	errors: FormErrors
}) {
	const { t } = useWords()
	const { taken, problems, problemCount, unreadable, sent } = answer
	return (
		<Form method="post" className="card stack">
			<h3>{t('facilities.upload')}</h3>
			<input type="hidden" name="intent" value="upload" />
			{taken ? (
				<p className="notice notice-good" role="status">
					{t('facilities.taken', taken)}
				</p>
			) : null}
			{unreadable ? (
				<p className="notice notice-bad" role="alert">
					{unreadable}
				</p>
			) : null}
			{problemCount > 0 ? (
				<div className="notice notice-bad" role="alert">
					<p>{t('facilities.refused', { count: problemCount })}</p>
					<ul>
						{problems.map(({ line, field, code }) => (
							<li key={`${line} ${field} ${code}`}>
								{t('facilities.line', { line })}: {t(`facilities.problem_${code}`, { field })}
							</li>
						))}
					</ul>
				</div>
			) : null}
			<Field id="feedId" label={t('facilities.feeds')} error={errors.feedId}>
				{(aria) => (
					<select {...aria} className="input" defaultValue={sent.feedId}>
						{feeds.map(({ id, name }) => (
							<option key={id} value={id}>
								{name}
							</option>
						))}
					</select>
				)}
			</Field>
			<Field id="events" label={t('facilities.file')} hint={t('facilities.uploadHint')} error={errors.events}>
				{(aria) => <textarea {...aria} className="input mono" rows={6} defaultValue={sent.events} required />}
			</Field>
			<div>
				<Button>{t('facilities.take')}</Button>
			</div>
		</Form>
	)
}
