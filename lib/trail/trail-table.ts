import type { CfnTable } from 'aws-cdk-lib/aws-glue';

/** First day that the table looks for; nothing was recorded before. */
const FIRST_DAY = '2026/01/01';

const userIdentity =
  'struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,' +
  'sessioncontext:struct<sourceidentity:string,attributes:struct<creationdate:string,mfaauthenticated:string>,' +
  'sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>>>';

const columns = {
  eventversion: 'string',
  useridentity: userIdentity,
  eventtime: 'string',
  eventsource: 'string',
  eventname: 'string',
  awsregion: 'string',
  sourceipaddress: 'string',
  useragent: 'string',
  errorcode: 'string',
  errormessage: 'string',
  requestparameters: 'string',
  responseelements: 'string',
  additionaleventdata: 'string',
  requestid: 'string',
  eventid: 'string',
  resources: 'array<struct<arn:string,accountid:string,type:string>>',
  eventtype: 'string',
  readonly: 'string',
  eventcategory: 'string',
  vpcendpointid: 'string',
};

/**
 * The files of a trail as a table (Athena User Guide, "Create the table for CloudTrail logs using partition
 * projection"): one partition a day, found by its folder and never registered.
 *
 * @param location `s3://…/AWSLogs/<account>/CloudTrail/<region>/`
 */
export function trailTable(name: string, location: string): CfnTable.TableInputProperty {
  return {
    name,
    description: 'Requests to the image store and sessions of researchers, as CloudTrail recorded them',
    tableType: 'EXTERNAL_TABLE',
    partitionKeys: [{ name: 'day', type: 'string' }],
    parameters: {
      EXTERNAL: 'TRUE',
      'projection.enabled': 'true',
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy/MM/dd',
      'projection.day.interval': '1',
      'projection.day.interval.unit': 'DAYS',
      'projection.day.range': `${FIRST_DAY},NOW`,
      'storage.location.template': `${location}\${day}`,
    },
    storageDescriptor: {
      columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
      location,
      inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeInfo: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
    },
  };
}
