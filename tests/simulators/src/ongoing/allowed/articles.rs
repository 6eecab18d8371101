//! What `PUT /articles` declares (Ongoing sheet, section 2.2).

use super::{CODE_NAME, SUPPLIER_ADDRESS, Shape};

pub static ARTICLE: Shape = Shape {
    required: "goodsOwnerId articleNumber",
    texts: "articleNumber articleName productCode unitCode description purcaseCurrencyCode countryOfOriginCode \
        statisticsNumber linkToPicture customsDescription articleInboundHandlingComment \
        articlePickingHandlingComment articleReturnHandlingComment additionalStatisticsNumber \
        customsExportConditions articlePackingHandlingComment",
    whole: "goodsOwnerId quantityPerPackage quantityPerPallet stockLimit quantityPerLayerOnPallet \
        minDaysToExpiryDateAllowedOnDelivery",
    decimals: "weight length width height volume purchasePrice stockValuationPrice customerPrice minimumReorderQuantity \
        netWeight subQuantityPerItem",
    flags: "isStockArticle isActive",
    limits: &[("articleNumber", 100), ("articleName", 200)],
    objects: &[
        ("articleGroup", &GROUP),
        ("articleCategory", &CODE_NAME),
        ("articleColor", &CODE_NAME),
        ("articleSize", &CODE_NAME),
        ("supplierInfo", &SUPPLIER_INFO),
        ("barCodeInfo", &BAR_CODE_INFO),
        ("structureDefinition", &STRUCTURE_SPECIFICATION),
        ("storageProperties", &STORAGE_PROPERTIES),
        ("freeValues", &FREE_VALUES),
        ("storageClass", &STORAGE_CLASS),
        ("taricNumbersInfo", &TARIC_NUMBERS_INFO),
        ("alternativeSuppliersInfo", &ALTERNATIVE_SUPPLIER_INFO),
        ("articleClassesInfo", &ARTICLE_CLASSES_INFO),
        ("advanced", &ADVANCED),
    ],
    lists: &[("articleNameTranslations", &NAME_TRANSLATION)],
    ..Shape::EMPTY
};

static SUPPLIER_INFO: Shape = Shape {
    texts: "supplierArticleNumber supplierNumber supplierName",
    objects: &[("advanced", &SUPPLIER_INFO_ADVANCED)],
    ..Shape::EMPTY
};

static SUPPLIER_INFO_ADVANCED: Shape = Shape {
    texts: "manufacturersIdentificationCode",
    objects: &[("supplierAddress", &SUPPLIER_ADDRESS)],
    ..Shape::EMPTY
};

static GROUP: Shape = Shape { texts: "code name", limits: &[("code", 100), ("name", 100)], ..Shape::EMPTY };

static BAR_CODE_INFO: Shape = Shape {
    texts: "barCode barCodePackage barCodePallet",
    limits: &[("barCode", 100)],
    lists: &[("alternativeBarCodes", &ALTERNATIVE_BAR_CODE)],
    ..Shape::EMPTY
};

static ALTERNATIVE_BAR_CODE: Shape =
    Shape { texts: "barCode", decimals: "quantityPerBarCode", objects: &[("barCodeType", &CODE_NAME)], ..Shape::EMPTY };

static STRUCTURE_SPECIFICATION: Shape =
    Shape { texts: "articleKind", lists: &[("rows", &STRUCTURE_ROW)], ..Shape::EMPTY };

static STRUCTURE_ROW: Shape =
    Shape { required: "articleNumber", texts: "articleNumber", decimals: "numberOfItems", ..Shape::EMPTY };

static STORAGE_PROPERTIES: Shape =
    Shape { flags: "isObsolete isSerialNumberArticle isBatchArticle isExpiryDateArticle", ..Shape::EMPTY };

static FREE_VALUES: Shape = Shape {
    texts: "freeText1 freeText2 freeText3 freeText4 freeText5 freeText6 freeText7 freeText8",
    decimals: "freeDecimal1 freeDecimal2 freeDecimal3",
    flags: "freeBoolean1 freeBoolean2 freeBoolean3",
    times: "freeDateTime1",
    ..Shape::EMPTY
};

static STORAGE_CLASS: Shape = Shape { required: "name", texts: "name", ..Shape::EMPTY };

static TARIC_NUMBERS_INFO: Shape = Shape { lists: &[("taricNumbers", &TARIC_NUMBER)], ..Shape::EMPTY };

static TARIC_NUMBER: Shape =
    Shape { required: "countryCode taricNumber", texts: "countryCode taricNumber", ..Shape::EMPTY };

static ALTERNATIVE_SUPPLIER_INFO: Shape =
    Shape { lists: &[("alternativeSuppliers", &ALTERNATIVE_SUPPLIER)], ..Shape::EMPTY };

static ALTERNATIVE_SUPPLIER: Shape = Shape {
    texts: "supplierArticleNumber supplierNumber supplierName",
    whole: "leadTime",
    objects: &[("advanced", &ALTERNATIVE_SUPPLIER_INFO_ADVANCED)],
    ..Shape::EMPTY
};

static ALTERNATIVE_SUPPLIER_INFO_ADVANCED: Shape = Shape { texts: "manufacturersIdentificationCode", ..Shape::EMPTY };

static ARTICLE_CLASSES_INFO: Shape = Shape { lists: &[("classes", &CLASS_DIRECTLY_TO_ARTICLE)], ..Shape::EMPTY };

static CLASS_DIRECTLY_TO_ARTICLE: Shape = Shape { required: "code name", texts: "code name comment", ..Shape::EMPTY };

static ADVANCED: Shape =
    Shape { flags: "allowChangingProductionAndStructureArticlesToStockOrNonStockArticles", ..Shape::EMPTY };

static NAME_TRANSLATION: Shape = Shape { texts: "languageCode articleName", ..Shape::EMPTY };
